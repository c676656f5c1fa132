// SPDX-License-Identifier: MIT
// What the VM does with its child. What is heard of it is in hearing.cpp.
#include "remote_child.h"

#include "base/clock.h"
#include "link.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <utility>

namespace fkvm {
namespace {

constexpr uint64_t has_wish = uint64_t{1} << 63;

std::chrono::steady_clock::time_point moment(uint64_t ns) noexcept {
    const uint64_t far = now_ns() + uint64_t{3600} * 1'000'000'000;
    return std::chrono::steady_clock::time_point(
        std::chrono::nanoseconds(static_cast<int64_t>(std::min(ns, far))));
}

} // namespace

RemoteChild::RemoteChild(Link &link) : link_(link), channel_(link, {}) {}

bool RemoteChild::make() noexcept {
    return in_bell_.make() && err_bell_.make() && end_bell_.make() && gate_.make();
}

RemoteChild::State RemoteChild::wait(State not_any_more, uint64_t until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, moment(until), [&] {
        return state_ != not_any_more || refused_ || !wanted_.empty() || now_ns() >= until;
    });
    return state_;
}

bool RemoteChild::take_refusal(std::string *why, bool *for_good) {
    const std::lock_guard lock(mutex_);
    if (!refused_) return false;
    *why = refusal_;
    *for_good = refused_for_good_;
    refused_ = false;
    return true;
}

bool RemoteChild::take_wanted(std::string *what) {
    const std::lock_guard lock(mutex_);
    if (wanted_.empty()) return false;
    *what = std::move(wanted_.front());
    wanted_.pop_front();
    channel_.used_up(what->size(), 1);
    return true;
}

void RemoteChild::send_scripts(std::string_view bytes, uint64_t until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, moment(until),
                        [&] { return channel_.room() > 0 || state_ == State::Ended; });
    if (state_ != State::Ended) channel_.send(FrameKind::Scripts, bytes);
}

ssize_t RemoteChild::take(Inbox &inbox, Bell &bell, char *to, size_t size) noexcept {
    if (inbox.messages.empty()) {
        if (state_ == State::Ended || inbox.ended) return 0;
        errno = EAGAIN;
        return -1;
    }
    const std::string &first = inbox.messages.front();
    const size_t n = std::min(size, first.size() - inbox.at);
    std::memcpy(to, first.data() + inbox.at, n);
    inbox.at += n;
    const bool whole = inbox.at == first.size();
    if (whole) {
        inbox.messages.pop_front();
        inbox.at = 0;
    }
    if (state_ != State::Ended) channel_.used_up(n, whole ? 1 : 0);
    bell.set(!inbox.messages.empty() || state_ == State::Ended || inbox.ended);
    return static_cast<ssize_t>(n);
}

ssize_t RemoteChild::read(char *to, size_t size) noexcept {
    const std::lock_guard lock(mutex_);
    return take(in_, in_bell_, to, size);
}

ssize_t RemoteChild::read_err(char *to, size_t size) noexcept {
    const std::lock_guard lock(mutex_);
    return take(err_, err_bell_, to, size);
}

ssize_t RemoteChild::write(const char *bytes, size_t size) noexcept try {
    const std::lock_guard lock(mutex_);
    if (state_ == State::Ended || closed_) return errno = EPIPE, -1;
    const size_t n = std::min({size, channel_.room(), Channel::longest});
    if (n) channel_.send(FrameKind::Bytes, {bytes, n});
    gate_.set(channel_.room() > 0);
    if (!n) return errno = EAGAIN, -1;
    return static_cast<ssize_t>(n);
} catch (...) {
    return errno = ENOMEM, -1;
}

void RemoteChild::close_input() noexcept try {
    const std::lock_guard lock(mutex_);
    if (state_ == State::Ended || std::exchange(closed_, true)) return;
    channel_.send(FrameKind::CloseInput, {});
} catch (...) { // the end of the VM says it, too
}

bool RemoteChild::tell_to_end(fk_status reason, uint32_t messages) noexcept {
    wish_.store(has_wish | static_cast<uint64_t>(reason) << 32 | messages);
    link_.wake();
    return true;
}

void RemoteChild::say_wish() {
    const uint64_t wish = wish_.exchange(0);
    if (!(wish & has_wish)) return;
    const char reason = static_cast<char>((wish & ~has_wish) >> 32);
    const std::lock_guard lock(mutex_);
    if (state_ == State::Started)
        channel_.say(FrameKind::Interrupt, static_cast<uint32_t>(wish), {&reason, 1});
}

void RemoteChild::kill() noexcept {
    const std::lock_guard lock(mutex_);
    if (state_ == State::Ended) return;
    channel_.say(FrameKind::Kill, 0, {});
    if (!std::exchange(killed_, true)) exit_status_ = -SIGKILL; // until reap() knows better
}

bool RemoteChild::reap(int ms) noexcept {
    std::unique_lock lock(mutex_);
    const uint64_t until = ms < 0 ? UINT64_MAX : now_ns() + static_cast<uint64_t>(ms) * 1'000'000;
    return changed_.wait_until(lock, moment(until), [&] { return state_ == State::Ended; });
}

bool RemoteChild::ended() const noexcept {
    const std::lock_guard lock(mutex_);
    return state_ == State::Ended;
}

int RemoteChild::exit_status() const noexcept {
    const std::lock_guard lock(mutex_);
    return exit_status_;
}

fk_death RemoteChild::death() const noexcept {
    const std::lock_guard lock(mutex_);
    return death_;
}

std::string RemoteChild::described() const {
    const std::lock_guard lock(mutex_);
    return state_ == State::Ended ? described_ : "still runs";
}

bool RemoteChild::was_out_of_memory() const noexcept {
    const std::lock_guard lock(mutex_);
    return out_of_memory_;
}

std::string RemoteChild::place() const {
    const std::lock_guard lock(mutex_);
    return machine_.empty() ? std::string() : " on " + machine_;
}

bool RemoteChild::was_started() const {
    const std::lock_guard lock(mutex_);
    return started_;
}

std::string RemoteChild::end_note() const {
    const std::lock_guard lock(mutex_);
    return note_;
}

} // namespace fkvm
