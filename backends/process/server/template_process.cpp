// SPDX-License-Identifier: MIT
#include "template_process.h"

#include "base/clock.h"
#include "base/descriptors.h"
#include "process/template_protocol.h"
#include "spawn.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fkvm {
namespace {

using Moment = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

bool lock_until(std::unique_lock<std::timed_mutex> &lock, uint64_t until) {
    if (until == UINT64_MAX) return lock.lock(), true;
    return lock.try_lock_until(Moment(std::chrono::nanoseconds(until)));
}

// Both ends above 2; the server's end learns from the kernel who sends.
bool make_socket(Fd *ours, Fd *theirs) noexcept {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return false;
    *ours = Fd(ends[0]).above_standard();
    *theirs = Fd(ends[1]).above_standard();
    const int yes = 1;
    return *ours && *theirs &&
           ::setsockopt(ours->get(), SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) == 0;
}

bool say_go(int out, const TemplateGo &go) noexcept {
    ssize_t n;
    do n = ::write(out, &go, sizeof go);
    while (n < 0 && errno == EINTR);
    return n == sizeof go;
}

// False: it cannot be had, and is gone.
bool take_copy(Process *copy, pid_t pid) noexcept {
    Fd pidfd = pidfd_of(pid);
    if (!pidfd) return false;
    copy->take(pid, pidfd.release());
    return true;
}

} // namespace

int TemplateProcess::start() {
    Fd ours, theirs, their_err;
    if (!make_socket(&ours, &theirs) || !make_pipe(&err_, &their_err)) return errno;
    set_non_blocking(err_);
    set_non_blocking(their_err); // nobody may be reading
    ChildCommand command = command_;
    command.environment.emplace_back("LD_BIND_NOW=1"); // what is bound later is a page of each copy
    command.arguments.insert(command.arguments.begin() + 1,
                             {"--template", std::to_string(idle_ms_)});
    pid_t pid = 0;
    int pidfd = -1;
    const int error =
        spawn(command, {theirs.get(), their_err.get(), their_err.get()}, &pid, &pidfd);
    take(pid, pidfd);
    control_ = std::move(ours);
    return error;
}

int TemplateProcess::copy(ChildProcess *child, const TemplateGo &limits, uint64_t until) {
    std::unique_lock lock(mutex_, std::defer_lock);
    if (!lock_until(lock, until)) return ETIMEDOUT;
    if (state_ != State::Usable) return state_ == State::Ended ? template_outdated : ECANCELED;
    int error = started_ ? 0 : start();
    started_ = true;
    if (!error) {
        const bool is_spare = spare_.has_value();
        if (is_spare)
            request(nullptr, 0);
        else if (const int problem = order())
            return problem; // the server's own: the template is none the worse
        error = hand_out(child, limits, is_spare, until);
    }
    if (error)
        fail(error);
    else
        order(); // if there are no pipes to be had there will be no spare
    return error;
}

int TemplateProcess::order() noexcept {
    spare_.emplace();
    if (const int error = spare_->make_pipes()) return spare_.reset(), error;
    const ChildStreams streams = spare_->streams();
    const int descriptors[] = {streams.in, streams.out, streams.err};
    request(descriptors, 3);
    spare_->drop_streams();
    return 0;
}

// That it cannot be sent is no news: the template may have said why before it ended. It ends now,
// if it has not.
void TemplateProcess::request(const int *descriptors, size_t count) noexcept {
    const TemplateRequest request;
    if (!send_message(control_.get(), &request, sizeof request, descriptors, count))
        ::shutdown(control_.get(), SHUT_WR);
}

// One that was made ahead of time counts only if the template, which has been asked, vouches for
// what it has loaded.
int TemplateProcess::hand_out(ChildProcess *child, const TemplateGo &go, bool is_spare,
                              uint64_t until) noexcept {
    if (!say_go(spare_->descriptors().out, go)) return errno;
    for (bool is_good = !is_spare; !is_good || !spare_->pid();)
        if (const int error = take_answer(&is_good, until)) return error;
    if (is_spare && spare_->reap(0)) { // killed from outside
        const int error = order();
        return error ? error : hand_out(child, go, false, until);
    }
    *child = std::move(*spare_);
    spare_.reset();
    return 0;
}

int TemplateProcess::take_answer(bool *is_good, uint64_t until) noexcept {
    if (const int error = wait(until)) return error;
    TemplateAnswer answer;
    pid_t sender;
    const int got = receive_message(control_.get(), &answer, sizeof answer, nullptr, 0, &sender);
    if (got <= 0) return got < 0 ? errno : ECANCELED;
    if (sender == pid()) {
        *is_good = true;
        return answer.error;
    }
    if (!take_copy(&*spare_, sender)) return ECHILD;
    ::setpgid(sender, sender); // it may not do so itself
    return answer.error;
}

void TemplateProcess::fail(int error) noexcept {
    end_copies();
    kill_group();
    reap(-1);
    const bool was_idle = error == ECANCELED && exit_status() == 0; // it ended as we asked
    state_ = error == template_outdated || was_idle ? State::Ended : State::Failed;
}

// Those that nobody has heard of: each says who it is, and all let go of the socket. The template's
// group, in which they are, must not be killed before that.
void TemplateProcess::end_copies() noexcept {
    const bool is_known = !spare_ || spare_->pid();
    spare_.reset();
    signal(SIGKILL);
    if (is_known) return;
    constexpr timeval longest_wait{2, 0};
    constexpr int most_failures = 10;
    ::setsockopt(control_.get(), SOL_SOCKET, SO_RCVTIMEO, &longest_wait, sizeof longest_wait);
    TemplateAnswer answer;
    pid_t sender;
    for (int failures = 0; failures < most_failures;) {
        const int got =
            receive_message(control_.get(), &answer, sizeof answer, nullptr, 0, &sender);
        if (got == 0 || (got < 0 && errno == EAGAIN)) return;
        failures += got < 0; // the next message may be the one
        Process copy;        // goes at once
        if (got > 0 && sender != pid()) take_copy(&copy, sender);
    }
}

int TemplateProcess::wait(uint64_t until) noexcept {
    pollfd ready{control_.get(), POLLIN, 0};
    for (;;) {
        const uint64_t now = until == UINT64_MAX ? 0 : now_ns();
        if (now >= until) return ETIMEDOUT;
        const uint64_t left_ms = until == UINT64_MAX ? UINT64_MAX : (until - now) / 1'000'000 + 1;
        const int n = ::poll(&ready, 1, left_ms > INT32_MAX ? -1 : static_cast<int>(left_ms));
        if (n > 0) return 0;
        if (n < 0 && errno != EINTR) return errno;
    }
}

TemplateProcess::State TemplateProcess::state() noexcept {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return State::Usable; // somebody waits for it
    if (state_ == State::Usable && started_ && reap(0))
        state_ = exit_status() == 0 ? State::Ended : State::Failed;
    return state_;
}

std::string TemplateProcess::take_words() {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || !err_) return {}; // the next one takes them
    char bytes[65536];
    const ssize_t n = ::read(err_.get(), bytes, sizeof bytes);
    return {bytes, n > 0 ? static_cast<size_t>(n) : 0};
}

} // namespace fkvm
