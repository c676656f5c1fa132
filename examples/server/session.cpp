// SPDX-License-Identifier: MIT
// One client's connection over TCP.
#include "session.h"

#include "addresses.h"
#include "message.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <utility>

namespace server {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr size_t kept = 64 << 10;       // bytes of an empty buffer that stay allocated
constexpr int kernel_queue = 128 << 10; // bytes that the system holds for one client

std::string address_of(const Session::Socket &socket) {
    error_code failed;
    const auto peer = socket.remote_endpoint(failed);
    return failed ? "unknown" : peer.address().to_string() + ":" + std::to_string(peer.port());
}

std::string network_behind(const Session::Socket &socket) {
    error_code failed;
    const auto peer = socket.remote_endpoint(failed);
    return failed ? "unknown" : network_of(peer.address());
}

void empty(std::string &buffer) {
    buffer.clear();
    if (buffer.capacity() > kept) buffer.shrink_to_fit();
}

std::string in_seconds(std::chrono::milliseconds time) {
    return std::to_string(time.count() / 1000) + " s";
}

} // namespace

Session::Session(Socket socket, int64_t number, const Limits &limits, SessionEvents &events)
    : number_(number), limits_(limits), events_(events), socket_(std::move(socket)),
      timer_(socket_.get_executor()), address_(address_of(socket_)),
      network_(network_behind(socket_)), last_line_(steady_clock::now()), last_refill_(last_line_),
      allowance_(limits.burst) {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.set_option(asio::socket_base::keep_alive(true), ignored);
    socket_.set_option(asio::socket_base::send_buffer_size(kernel_queue), ignored);
}

void Session::start() {
    check_time();
    read();
}

// ---- in ----

void Session::read() {
    asio::async_read_until(
        socket_, asio::dynamic_buffer(in_, limits_.line + 1), '\n',
        [self = shared_from_this()](error_code failed, size_t size) { self->take(failed, size); });
}

void Session::take(error_code failed, size_t size) {
    if (ended_) return discard(failed);
    if (failed == asio::error::not_found)
        end("a message is longer than " + std::to_string(limits_.line) + " bytes");
    else if (failed == asio::error::eof)
        return hang_up("the client closed the connection");
    else if (failed)
        return hang_up(failed.message());
    else
        take_line(size);
    read();
}

void Session::take_line(size_t size) {
    last_line_ = steady_clock::now();
    if (!spend_one())
        return end("more than " + std::to_string(limits_.rate) + " messages a second");
    std::string_view line(in_.data(), size - 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    events_.on_line(*this, line);
    in_.erase(0, size);
    if (in_.empty()) empty(in_);
}

// The allowance grows by limits_.rate a second up to limits_.burst; each message takes one.
bool Session::spend_one() {
    const std::chrono::duration<double> since = last_line_ - last_refill_;
    last_refill_ = last_line_;
    allowance_ = std::min<double>(limits_.burst, allowance_ + since.count() * limits_.rate);
    return --allowance_ >= 0;
}

void Session::check_time() {
    const Time limit = last_line_ + (known_ ? limits_.idle : limits_.login);
    if (steady_clock::now() >= limit)
        return end(known_ ? "nothing was heard for " + in_seconds(limits_.idle)
                          : "no login within " + in_seconds(limits_.login));
    timer_.expires_at(limit);
    timer_.async_wait([weak = weak_from_this()](error_code failed) {
        const auto self = weak.lock();
        if (!failed && self && !self->ended_) self->check_time();
    });
}

// ---- out ----

void Session::send(std::string_view line) {
    const std::lock_guard lock(mutex_);
    if (append(line)) wake();
}

void Session::queue(std::string_view line) {
    const std::lock_guard lock(mutex_);
    if (append(line) && waiting_.size() > kept) wake();
}

void Session::push() {
    const std::lock_guard lock(mutex_);
    if (!waiting_.empty()) wake();
}

void Session::end(const std::string &reason) {
    const std::lock_guard lock(mutex_);
    if (!closing_) close_with(reason);
}

// All three with mutex_ held. False: nothing more is taken.
bool Session::append(std::string_view line) {
    if (closing_) return false;
    if (waiting_.size() + line.size() > limits_.queue) {
        waiting_.clear();
        close_with("more than " + std::to_string(limits_.queue) +
                   " bytes wait for this client to read them");
        return false;
    }
    waiting_.append(line).append(1, '\n');
    return true;
}

void Session::close_with(const std::string &reason) {
    closing_ = true;
    waiting_.append(bye(reason)).append(1, '\n');
    asio::post(socket_.get_executor(),
               [self = shared_from_this(), reason] { self->finish(reason); });
    wake();
}

void Session::wake() {
    if (std::exchange(flushing_, true)) return;
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->flush(); });
}

void Session::flush() {
    empty(out_);
    bool last;
    {
        const std::lock_guard lock(mutex_);
        out_.swap(waiting_);
        last = closing_;
        if (out_.empty()) flushing_ = false;
    }
    if (out_.empty()) {
        if (last) shut_down();
        return;
    }
    asio::async_write(socket_, asio::buffer(out_),
                      [self = shared_from_this()](error_code failed, size_t) {
                          failed ? self->hang_up(failed.message()) : self->flush();
                      });
}

// ---- the end ----

// Reports the end; what is waiting may still go out, for limits_.linger.
void Session::finish(const std::string &reason) {
    if (std::exchange(ended_, true)) return;
    events_.on_end(*this, reason);
    timer_.expires_after(limits_.linger);
    timer_.async_wait([self = shared_from_this()](error_code) { self->close(); });
}

void Session::hang_up(const std::string &reason) {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    finish(reason);
    close();
}

// All is said. What the client still sends is read and dropped until it hangs up too: closing with
// unread bytes would take the last words from it.
void Session::shut_down() {
    error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    said_all_ = true;
    if (left_) close();
}

void Session::discard(error_code failed) {
    in_.clear();
    if (!failed || failed == asio::error::not_found) return read();
    left_ = true;
    if (said_all_) close();
}

void Session::close() {
    error_code ignored;
    timer_.cancel();
    socket_.close(ignored);
}

} // namespace server
