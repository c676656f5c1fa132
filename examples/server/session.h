// SPDX-License-Identifier: MIT
// One client's connection: lines in, lines out, each within limits.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace server {

struct Limits {
    size_t line = 64 << 10;                  // bytes of one message of a client
    size_t queue = 4 << 20;                  // bytes that wait for a client to read them
    unsigned rate = 50, burst = 200;         // messages a second; at once
    std::chrono::milliseconds login{10'000}; // until a client has logged in
    std::chrono::milliseconds idle{600'000}; // between two messages of a client
    std::chrono::milliseconds linger{2'000}; // for the last words, once a connection ends
};

class Session;

// What a session reports, on the thread of its executor.
class SessionEvents {
  public:
    virtual ~SessionEvents() = default;
    virtual void on_line(Session &session, std::string_view line) noexcept = 0;
    // Once; no line comes after it. reason is for the log.
    virtual void on_end(Session &session, const std::string &reason) noexcept = 0;
};

// Lives as long as its connection, and while somebody holds it. Limits and events must outlive it.
class Session : public std::enable_shared_from_this<Session> {
  public:
    using Socket = boost::asio::ip::tcp::socket;

    Session(Socket socket, int64_t number, const Limits &limits, SessionEvents &events);

    void start();
    void logged_in() { known_ = true; } // from now on the idle limit counts

    // From any thread: a line, without its end, goes out after those before it. A client that lets
    // more than limits.queue wait is ended.
    void send(std::string_view line);

    // The same in two steps, of which the first is cheap: many lines, then one push.
    void queue(std::string_view line);
    void push();

    // From any thread: sends what is waiting, says good-bye with the reason, and closes. The first
    // reason counts.
    void end(const std::string &reason);

    int64_t number() const { return number_; }
    const std::string &address() const { return address_; }
    const std::string &network() const { return network_; } // network_of() the address

  private:
    using Time = std::chrono::steady_clock::time_point;
    using Failure = boost::system::error_code;

    void read();
    void take(Failure failed, size_t size);
    void take_line(size_t size);
    bool spend_one();
    void check_time();
    bool append(std::string_view line);
    void close_with(const std::string &reason);
    void wake();
    void flush();
    void finish(const std::string &reason);
    void hang_up(const std::string &reason);
    void shut_down();
    void discard(Failure failed);
    void close();

    const int64_t number_;
    const Limits &limits_;
    SessionEvents &events_;

    // Of the executor's thread.
    Socket socket_;
    boost::asio::steady_timer timer_;
    const std::string address_, network_;
    std::string in_, out_; // out_ is being written
    Time last_line_, last_refill_;
    double allowance_; // messages that may still come at once
    bool known_ = false, ended_ = false;
    bool said_all_ = false, left_ = false; // the server, the client: nothing more comes

    // Of all threads.
    std::mutex mutex_;
    std::string waiting_;
    bool flushing_ = false; // a flush is posted, or a write runs
    bool closing_ = false;  // nothing more is taken
};

} // namespace server
