// SPDX-License-Identifier: MIT
#include "ticker.h"

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

namespace fkvm {
namespace {

Ticker *ticking = nullptr;

// Reading is to fail with EINTR: no SA_RESTART.
void handle_alarms(void (*handler)(int)) noexcept {
    struct sigaction action {};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGALRM, &action, nullptr);
}

} // namespace

void Ticker::tick(bool by_thread) noexcept {
    beat_(self_);
    const uint64_t idle = idle_ns_.fetch_add(period_ns_, std::memory_order_relaxed) + period_ns_;
    if (by_thread && idle >= idle_after_ns) ::pthread_kill(main_, SIGALRM);
}

void Ticker::on_signal(int) {
    const int error = errno;
    if (ticking && !ticking->by_thread_) ticking->tick(false);
    errno = error;
}

// The process goes on for a while: a tick must not find what is gone.
Ticker::~Ticker() {
    stop();
    if (ticking == this) ticking = nullptr;
    if (!by_thread_) return;
    ends_.store(true, std::memory_order_relaxed);
    wake_thread();
    ::pthread_join(thread_, nullptr);
}

void Ticker::wake_thread() noexcept {
    const uint64_t one = 1;
    const ssize_t written = ::write(wake_, &one, sizeof one);
    static_cast<void>(written);
}

void Ticker::start() noexcept {
    running_.store(true, std::memory_order_relaxed);
    ticking = this;
    if (by_thread_) return wake_thread();
    handle_alarms(on_signal);
    const auto us = static_cast<suseconds_t>(period_ns_ / 1000);
    const itimerval timer{{0, us}, {0, us}};
    ::setitimer(ITIMER_REAL, &timer, nullptr);
}

void Ticker::stop() noexcept {
    running_.store(false, std::memory_order_relaxed);
    idle_ns_.store(0, std::memory_order_relaxed);
    if (by_thread_) return;
    const itimerval none{};
    ::setitimer(ITIMER_REAL, &none, nullptr);
}

void *Ticker::run_thread(void *self) {
    auto &ticker = *static_cast<Ticker *>(self);
    pollfd ready[] = {{ticker.wake_, POLLIN, 0}, {ticker.in_, 0, 0}}; // POLLHUP comes unasked
    for (;;) {
        const bool ticks = ticker.running_.load(std::memory_order_relaxed);
        const int ms = static_cast<int>(ticker.period_ns_ / 1'000'000);
        if (ready[1].revents) ready[1].fd = -1; // it has ended: each tick will say so
        const int n = ::poll(ready, 2, ticks || ready[1].fd < 0 ? ms : -1);
        uint64_t count;
        if (ticker.ends_.load(std::memory_order_relaxed)) break;
        if (n > 0 && ready[0].revents && ::read(ticker.wake_, &count, sizeof count) < 0) continue;
        if (n == 0 || ready[1].revents) ticker.tick(true);
    }
    return nullptr;
}

bool Ticker::use_thread(int in) noexcept {
    in_ = in;
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    main_ = ::pthread_self();
    handle_alarms(on_signal);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    sigset_t all, before; // signals are for the thread that runs Lua
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    by_thread_ = wake_ >= 0 && pthread_create(&thread_, &attributes, run_thread, this) == 0;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
    return by_thread_;
}

} // namespace fkvm
