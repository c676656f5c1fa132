// SPDX-License-Identifier: MIT
#include "idle.h"

#include <csignal>
#include <sys/time.h>

namespace fkvm {
namespace {

constexpr int period_us = 250'000;

volatile std::sig_atomic_t ticked = 0;

void set(int us) noexcept {
    const itimerval timer{{0, us},
                          {0, us}}; // again and again: one tick may come just before the reading
    ::setitimer(ITIMER_REAL, &timer, nullptr);
}

} // namespace

void IdleTimer::start() noexcept {
    struct sigaction action {};
    action.sa_handler = [](int) { ticked = 1; };
    ::sigaction(SIGALRM, &action, nullptr); // no SA_RESTART
    running_ = true;
    ticked = 0;
    set(period_us);
}

void IdleTimer::stop() noexcept {
    running_ = false;
    ticked = 0;
    set(0);
}

bool IdleTimer::is_idle() noexcept {
    if (!ticked) return false;
    ticked = 0;
    const bool idle = !busy_;
    busy_ = false;
    return idle;
}

} // namespace fkvm
