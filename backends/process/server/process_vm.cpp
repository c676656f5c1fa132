// SPDX-License-Identifier: MIT
// Starting, calling and ending a child VM. How its messages are taken is in messages.cpp.
#include "process_vm.h"

#include "base/clock.h"
#include "command.h"
#include "oom.h"
#include "process/template_protocol.h"
#include "spawn.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace fkvm {

fk_status ProcessVm::open() {
    fk_status status = start();
    if (status == FK_OK) status = handshake();
    return status;
}

fk_status ProcessVm::start() {
    ChildCommand command;
    std::string problem;
    if (!make_command(*options_, &command, &is_host_, &problem)) {
        dead_ = true;
        const fk_failure failure{sizeof failure, problem.c_str(), nullptr, 0, 0, true};
        return host_->fail(vm_, FK_INVALID, &failure);
    }
    name_ = command.file;
    polite_ = is_host_;
    watch_oom_killer();
    reap_left_behind();
    int error = launch(command);
    if (error) {
        problem = "cannot start '" + command.file + "'";
    } else if ((error = make_events())) {
        problem = "cannot watch the child";
    } else {
        peer_.emplace(child_.in(), child_.out(), options_->max_message, options_->max_values,
                      *this);
        ready_peer_.store(&*peer_, std::memory_order_release);
        return FK_OK;
    }
    problem += std::string(": ") + std::strerror(error);
    if (error == ETIMEDOUT)
        problem = "the child '" + name_ + "' did not load its script within its limit of " +
                  std::to_string(options_->open_timeout) + " ms (open_timeout) and was killed" +
                  last_words();
    dead_ = true;
    const fk_failure failure{sizeof failure, problem.c_str(), nullptr, 0, 0, true};
    const fk_status status = error == ETIMEDOUT ? FK_TIMEOUT
                             : error == ENOMEM  ? FK_NO_MEMORY
                                                : FK_OPEN_FAILED;
    return host_->fail(vm_, status, &failure);
}

// As a copy of a template if there is one to be had; else anew. 0, or an errno; ETIMEDOUT: a template still loads.
int ProcessVm::launch(const ChildCommand &command) {
    const bool none = !is_host_ || options_->flags & FK_OPEN_NO_TEMPLATE ||
                      options_->sandbox == FK_SANDBOX_TRUSTED;
    const TemplateUse use = none ? TemplateUse::Never : template_use();
    for (int tries = 0; tries < 2 && use != TemplateUse::Never; tries++) {
        const auto source = templates_->find(command, tries ? TemplateUse::FromFirst : use);
        if (!source) break;
        const int error = source->copy(&child_, command.limits, host_->deadline(vm_));
        const std::string words = source->take_words();
        take_words(words.data(), words.size());
        from_template_ = error == 0;
        if (error == 0 || error == ETIMEDOUT) return error;
        if (error != template_outdated) break;
    }
    return start_anew(command);
}

int ProcessVm::start_anew(ChildCommand command) {
    add_limits(&command);
    if (const int error = child_.make_pipes()) return error;
    if (const int error = is_host_ ? 0 : child_.make_lifeline()) return error;
    pid_t pid = 0;
    int pidfd = -1;
    const int error = spawn(command, child_.streams(), &pid, &pidfd);
    child_.take(pid, pidfd);
    child_.drop_streams();
    return error;
}

// 0, or an errno.
int ProcessVm::make_events() noexcept {
    wake_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)).above_standard();
    events_ = Fd(::epoll_create1(EPOLL_CLOEXEC)).above_standard();
    if (!events_ || !wake_) return errno;
    for (const int fd : {child_.in(), child_.err(), child_.pidfd()}) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        if (::epoll_ctl(events_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return errno;
    }
    return 0;
}

fk_status ProcessVm::handshake() {
    const fk_status status = peer_->serve_until([&] { return greeted_; });
    if (status == FK_OK || loading_failed_) return status;
    return ended(status, "hello");
}

fk_status ProcessVm::call(const char *method, const fk_value *params) {
    if (dead_) return dead(FK_VM_DIED);
    bool answered = false; // then what failed is this call, not the conversation
    method_ = method;
    if (depth_++ == 0) patience_.forget();
    const bool outer_polls = std::exchange(polls_, false); // a host method of a poll may wait
    const fk_status status = peer_->call(method, params, [&](const PeerAnswer &answer) {
        const fk_status outcome = guarded([&] { return take(answer); });
        answered = true;
        return outcome;
    });
    polls_ = outer_polls;
    depth_--;
    bytes_in_.store(peer_->bytes_in(), std::memory_order_relaxed);
    bytes_out_.store(peer_->bytes_out(), std::memory_order_relaxed);
    if (status == FK_OK || answered) return status;
    return status == FK_BAD_VALUE ? too_long(method) : ended(status, method);
}

fk_status ProcessVm::too_long(const char *method) {
    const std::string message = std::string("params: the message for '") + method +
                                "' would be longer than max_message, " +
                                std::to_string(options_->max_message) + " bytes";
    const fk_failure failure{sizeof failure, message.c_str(), nullptr, 0, 0, false, FK_DEATH_NONE};
    return host_->fail(vm_, FK_BAD_VALUE, &failure);
}

fk_status ProcessVm::notify(const char *method, const fk_value *params) {
    if (dead_) return dead(FK_VM_DIED);
    method_ = method;
    if (depth_ == 0) patience_.forget();
    fk_status status = peer_->notify(method, params);
    if (status == FK_BAD_VALUE) return too_long(method);
    if (status == FK_OK) status = peer_->flush();
    if (status == FK_VM_DIED) peer_->serve_waiting(); // what it said last
    return status == FK_OK ? FK_OK : ended(status, method);
}

fk_status ProcessVm::poll() {
    if (dead_) return dead(FK_VM_DIED);
    patience_.forget();
    drain_stderr();
    templates_->sweep();
    polls_ = true;
    fk_status status = serve_what_is_there();
    if (status == FK_OK) status = peer_->flush();
    polls_ = false;
    watch_output(status == FK_BUSY);
    return status == FK_OK || status == FK_BUSY ? FK_OK : ended(status, nullptr);
}

fk_status ProcessVm::serve_what_is_there() {
    fk_status status = peer_->serve_waiting();
    pollfd ready[] = {{child_.in(), POLLIN, 0}, {child_.pidfd(), POLLIN, 0}};
    const uint64_t most = peer_->bytes_in() + options_->max_message;
    while (status == FK_OK && ::poll(ready, 2, 0) > 0) {
        status = ready[0].revents ? peer_->serve_available() : FK_VM_DIED;
        if (status != FK_OK || peer_->bytes_in() <= most) continue;
        problem_ = "it sent more than max_message, " + std::to_string(options_->max_message) +
                   " bytes, while no call ran";
        status = FK_PROTOCOL;
    }
    return status;
}

// The child does not read: fk_vm_fd becomes readable when it does again.
void ProcessVm::watch_output(bool wanted) noexcept {
    if (wanted == output_watched_) return;
    epoll_event event{};
    event.events = EPOLLOUT;
    event.data.fd = child_.out();
    ::epoll_ctl(events_.get(), wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, child_.out(), &event);
    output_watched_ = wanted;
}

// One limit for all of it: the good-bye, the last finalizers of the script, the exit.
fk_status ProcessVm::close() {
    if (!peer_ || dead_) return FK_OK; // it never spoke; the child goes with this
    closing_until_ = now_ns() + uint64_t{options_->close_timeout} * 1'000'000;
    const fk_status said = peer_->call("bye", nullptr, [](const PeerAnswer &) { return FK_OK; });
    peer_->attach(child_.in(), -1);
    child_.close_input();
    if (said == FK_OK)
        peer_->serve_until([] { return false; }); // what finalizers say, up to its end
    const uint64_t now = now_ns();
    const uint64_t left =
        said == FK_OK && closing_until_ > now ? (closing_until_ - now) / 1'000'000 + 1 : 0;
    if (!child_.reap(left > INT32_MAX ? -1 : static_cast<int>(left))) end_child();
    drain_stderr();
    return child_.ended() || !child_.kill_refused() ? FK_OK : could_not_kill();
}

fk_status ProcessVm::could_not_kill() {
    std::string message = "the child '" + name_ + "' (pid " + std::to_string(child_.pid()) +
                          ") did not end within close_timeout.";
    correct(&message);
    const fk_failure failure{sizeof failure, message.c_str(), nullptr, 0, 0,
                             true,           FK_DEATH_TIMEOUT};
    return host_->fail(vm_, FK_TIMEOUT, &failure);
}

fk_status ProcessVm::interrupt(fk_status reason) noexcept {
    const Peer *peer = ready_peer_.load(std::memory_order_acquire);
    if (!peer) return FK_OK; // it is being started, which has a deadline
    const uint64_t one = 1;
    const ssize_t written = ::write(wake_.get(), &one, sizeof one);
    (void)written; // full: it is awake already
    if (!polite_.load(std::memory_order_relaxed)) return reason == FK_OK ? FK_UNSTOPPABLE : FK_OK;
    const uint32_t messages = peer->messages_out(); // before must_end(): of no later function
    const fk_status now = reason == FK_OK ? FK_INTERRUPTED : host_->must_end(vm_);
    if (now != FK_OK) tell_to_end(child_.pidfd(), child_.pid(), now, messages);
    return FK_OK;
}

// Has the running work to end, and can the child not be brought to it? FK_OK: no.
fk_status ProcessVm::look_at_limits(int *wait_ms) noexcept {
    *wait_ms = -1;
    if (closing_until_) {
        const uint64_t now = now_ns();
        const uint64_t left = closing_until_ > now ? (closing_until_ - now) / 1'000'000 + 1 : 0;
        *wait_ms = left > INT32_MAX ? -1 : static_cast<int>(left);
        return left ? FK_OK : FK_TIMEOUT;
    }
    const fk_status reason = host_->must_end(vm_);
    if (reason == FK_OK) return FK_OK;
    if (!polite_ || !patience_.ask(reason, peer_->messages_out())) return reason;
    *wait_ms = patience_.wait_ms();
    return FK_OK;
}

// Returns when `in` has something, `out` has room, or neither will ever be: the child died, a limit passed.
fk_status ProcessVm::wait(bool also_writable) noexcept {
    if (polls_) return also_writable ? FK_BUSY : FK_OK; // it reads only what is there
    for (;;) {
        int ms;
        if (const fk_status reason = look_at_limits(&ms)) return reason;
        pollfd ready[] = {{child_.in(), POLLIN, 0},
                          {child_.pidfd(), POLLIN, 0},
                          {wake_.get(), POLLIN, 0},
                          {stderr_open_ ? child_.err() : -1, POLLIN, 0},
                          {also_writable ? child_.out() : -1, POLLOUT, 0}};
        const int n = ::poll(ready, 5, ms);
        if (n < 0 && errno != EINTR) return FK_NO_MEMORY;
        if (n <= 0) continue;
        if (ready[3].revents) drain_stderr();
        if (ready[2].revents) fall_asleep();
        if (ready[0].revents) return FK_OK; // what it wrote comes first
        if (ready[1].revents) return FK_VM_DIED;
        if (ready[4].revents) return FK_OK;
    }
}

// Somebody woke us; must_end() tells why.
void ProcessVm::fall_asleep() noexcept {
    uint64_t count;
    const ssize_t n = ::read(wake_.get(), &count, sizeof count);
    (void)n;
}

// A wish that came while a host method ran: the child hears of it before it goes on, or it could end first.
fk_status ProcessVm::ask_before_answer() noexcept {
    int ms;
    return closing_until_ ? FK_OK : look_at_limits(&ms);
}

void ProcessVm::drain_stderr() noexcept {
    char bytes[4096];
    for (int rounds = 0; rounds < 64; rounds++) {
        const ssize_t n = ::read(child_.err(), bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) unwatch_stderr(); // closed: it would be readable for ever
        if (n <= 0) return;
        take_words(bytes, static_cast<size_t>(n));
    }
}

void ProcessVm::take_words(const char *bytes, size_t size) noexcept {
    host_->output(vm_, FK_LEVEL_STDERR, bytes, size);
    try {
        words_.append(bytes, size);
        if (words_.size() > kept_words) words_.erase(0, words_.size() - kept_words);
    } catch (...) { // the words are for messages only
    }
}

} // namespace fkvm
