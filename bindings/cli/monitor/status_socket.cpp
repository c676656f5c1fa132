// SPDX-License-Identifier: MIT
#include "monitor/status_socket.h"

#include "json.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace cli {

namespace {

constexpr int patience_s = 3;

std::runtime_error system_failure(const char *what) {
    return std::runtime_error(std::string(what) + ": " + strerror(errno));
}

} // namespace

StatusSocket::StatusSocket(StatusSocket &&other) noexcept
    : path_(other.path_), fd_(std::exchange(other.fd_, -1)) {}

void StatusSocket::connect() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path_.size() >= sizeof address.sun_path)
        throw std::runtime_error("its path is too long for a socket");
    memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd_ < 0) throw system_failure("no socket is to be had");
    const timeval patience{patience_s, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(fd_, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0) return;
    if (errno == ECONNREFUSED) throw std::runtime_error("no process listens there any more");
    throw system_failure("cannot connect");
}

void StatusSocket::hang_up() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
    in_.clear();
}

std::string StatusSocket::ask(const std::string &request) {
    if (fd_ < 0) connect();
    const std::string line = request + "\n";
    if (send(fd_, line.data(), line.size(), MSG_NOSIGNAL) != ssize_t(line.size()) && in_.empty() &&
        errno != EPIPE) // what it said before it hung up is worth reading
        throw system_failure("cannot ask it");
    size_t end;
    while ((end = in_.find('\n')) == in_.npos) {
        char bytes[16384];
        const ssize_t n = recv(fd_, bytes, sizeof bytes, 0);
        if (n > 0) {
            in_.append(bytes, size_t(n));
            continue;
        }
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            throw std::runtime_error("it gives no answer: its process may be stopped");
        throw std::runtime_error("it hung up: its process may have ended");
    }
    std::string answer = in_.substr(0, end);
    in_.erase(0, end + 1);
    return answer;
}

const ServerSeen &StatusSocket::look() {
    ServerSeen now;
    try {
        now = read_list(ask(R"({"ask":"list","pss":true})"));
        compare(seen_, now);
    } catch (const std::runtime_error &problem) {
        hang_up();
        now = {};
        now.problem = problem.what();
    }
    now.socket = path_;
    seen_ = std::move(now);
    return seen_;
}

std::string StatusSocket::order(const std::string &what, uint64_t vm) {
    try {
        const std::string answer = ask(JsonObject().add("ask", what).add("vm", vm).text());
        fk_value *read = nullptr;
        if (fk_value_from_json(answer.data(), answer.size(), &read) != FK_OK) return "no answer";
        const fk_value *error = fk_value_member(read, "error");
        const fk_value *note = fk_value_member(read, "note");
        std::string told =
            (what == "close" ? "closed VM " : "interrupted VM ") + std::to_string(vm);
        if (error && error->kind == FK_STRING)
            told = view_of(*error);
        else if (note && note->kind == FK_STRING && note->size)
            told += ": " + std::string(view_of(*note));
        fk_value_free(read);
        return told;
    } catch (const std::runtime_error &problem) {
        hang_up();
        return problem.what();
    }
}

} // namespace cli
