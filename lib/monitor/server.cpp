// SPDX-License-Identifier: MIT
#include "server.h"

#include "base/signal_mask.h"
#include "local_socket.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace fkvm {

// Who has connected. What it asks is read when all that it was told has been taken.
class MonitorServer::Client {
  public:
    explicit Client(Fd connection) noexcept : connection_(std::move(connection)) {}

    int fd() const noexcept { return connection_.get(); }
    short waits_for() const noexcept { return out_.empty() ? POLLIN : POLLOUT; }

    // What has come, and answers. False: it has gone, or is to go.
    bool serve(MonitorProtocol &protocol) {
        if (out_.empty() && !read()) return false;
        return answer(protocol);
    }
    void tell(std::string_view line) {
        out_ += line;
        out_ += '\n';
        write();
    }

  private:
    bool read() {
        char bytes[4096];
        const ssize_t n = ::recv(fd(), bytes, sizeof bytes, 0);
        if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR);
        in_.append(bytes, static_cast<size_t>(n));
        return true;
    }

    bool answer(MonitorProtocol &protocol) {
        if (!write()) return false;
        for (size_t end; out_.empty() && (end = in_.find('\n')) != in_.npos;) {
            const std::string line = in_.substr(0, end);
            in_.erase(0, end + 1);
            out_ = protocol.answer(line) + '\n';
            if (!write()) return false;
        }
        return in_.size() <= longest_request;
    }

    bool write() {
#ifdef MSG_NOSIGNAL
        constexpr int quiet = MSG_NOSIGNAL;
#else
        constexpr int quiet = 0; // signals are blocked in this thread
#endif
        while (!out_.empty()) {
            const ssize_t n = ::send(fd(), out_.data(), out_.size(), quiet);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return errno == EAGAIN;
            out_.erase(0, static_cast<size_t>(n));
        }
        return true;
    }

    static constexpr size_t longest_request = 64 << 10;

    Fd connection_;
    std::string in_, out_;
};

class MonitorServer::Thread {
  public:
    explicit Thread(MonitorSource &source) : protocol_(source) {
        for (std::atomic<int> &fd : open_) fd = -1;
    }

    std::string begin(const std::string &path) {
        if (!make_wake_pipe(&wake_read_, &wake_write_))
            return std::string("a status socket has no pipe to be had: ") + std::strerror(errno);
        if (const std::string problem = socket_.listen(path); !problem.empty()) return problem;
        open_[0] = socket_.fd();
        open_[1] = wake_read_.get();
        open_[2] = wake_write_.get();
        try {
            const AllSignalsBlocked on_our_thread;
            thread_ = std::thread([this] { run(); });
        } catch (...) {
            socket_.close();
            return "the thread of a status socket cannot be started";
        }
        return {};
    }

    void end() noexcept {
        wake();
        if (thread_.joinable()) thread_.join();
        socket_.close();
    }
    void leave() noexcept {
        socket_.remove_file();
        wake();
    }
    void forget() noexcept {
        for (std::atomic<int> &fd : open_)
            if (const int there = fd.exchange(-1); there >= 0) ::close(there);
    }
    const std::string &path() const noexcept { return socket_.path(); }

  private:
    static constexpr size_t most_clients = MonitorServer::most_clients;

    void wake() noexcept {
        [[maybe_unused]] const ssize_t written = ::write(wake_write_.get(), "e", 1);
    }

    void run() noexcept {
        while (wait()) {
            for (size_t i = 0; i < most_clients; i++)
                if (ready_[i + 2].revents) serve(i);
            if (ready_[1].revents) take_all();
        }
        for (size_t i = 0; i < most_clients; i++) drop(i);
    }

    // False: it is to end.
    bool wait() noexcept {
        ready_[0] = {wake_read_.get(), POLLIN, 0};
        ready_[1] = {socket_.fd(), POLLIN, 0};
        for (size_t i = 0; i < most_clients; i++)
            ready_[i + 2] = clients_[i] ? pollfd{clients_[i]->fd(), clients_[i]->waits_for(), 0}
                                        : pollfd{-1, 0, 0};
        if (::poll(ready_.data(), ready_.size(), -1) < 0) {
            for (pollfd &ready : ready_) ready.revents = 0;
            return errno == EINTR || errno == ENOMEM || errno == EAGAIN;
        }
        return !ready_[0].revents;
    }

    void serve(size_t i) noexcept {
        try {
            if (!clients_[i]->serve(protocol_)) drop(i);
        } catch (...) { // no memory for an answer
            drop(i);
        }
    }

    void take_all() noexcept {
        while (Fd connection = socket_.accept()) {
            try {
                take(std::move(connection));
            } catch (...) {
            }
        }
    }

    void take(Fd connection) {
        const bool is_refused = !is_owner(connection.get());
        size_t free = 0;
        while (free < most_clients && clients_[free]) free++;
        Client client(std::move(connection));
        if (is_refused)
            return client.tell(MonitorProtocol::refusal(
                "this status socket is for the user of its process, and for root"));
        if (free == most_clients)
            return client.tell(
                MonitorProtocol::refusal("a status socket serves " + std::to_string(most_clients) +
                                         " at once, and so many are connected: end one of them"));
        open_[3 + free] = client.fd();
        clients_[free].emplace(std::move(client));
    }

    void drop(size_t i) noexcept {
        open_[3 + i] = -1;
        clients_[i].reset();
    }

    MonitorProtocol protocol_;
    LocalSocket socket_;
    Fd wake_read_, wake_write_;
    std::array<std::optional<Client>, most_clients> clients_;
    std::array<pollfd, most_clients + 2> ready_{};
    std::array<std::atomic<int>, most_clients + 3> open_; // for a forked copy
    std::thread thread_;
};

MonitorServer::MonitorServer() = default;
MonitorServer::~MonitorServer() { close(); }

std::string MonitorServer::open(const std::string &path, MonitorSource &source) {
    close();
    auto thread = std::make_unique<Thread>(source);
    std::string problem = thread->begin(path);
    if (problem.empty()) thread_ = std::move(thread);
    return problem;
}

void MonitorServer::close() noexcept {
    if (thread_) thread_->end();
    thread_.reset();
}

const std::string &MonitorServer::path() const noexcept {
    static const std::string none;
    return thread_ ? thread_->path() : none;
}

void MonitorServer::leave() noexcept {
    if (thread_) thread_->leave();
}

void MonitorServer::forget() noexcept {
    if (thread_) thread_->forget();
}

} // namespace fkvm
