// SPDX-License-Identifier: MIT
// A child's pulse, from the first message on until its VM is idle and tidied up. By a timer's
// signal, which costs no memory; or by a thread, for scripts whose own system calls no signal may
// interrupt.
#pragma once

#include <atomic>
#include <cstdint>
#include <pthread.h>

namespace fkvm {

class Ticker {
  public:
    // beat: what is done at each tick, in a signal handler or another thread.
    Ticker(void (*beat)(void *), void *self, uint64_t period_ns) noexcept
        : beat_(beat), self_(self), period_ns_(period_ns) {}
    ~Ticker();
    Ticker(const Ticker &) = delete;
    Ticker &operator=(const Ticker &) = delete;

    // in: watched by the thread as well. False: no thread is to be had.
    bool use_thread(int in) noexcept;

    // Something happens: the ticks go on.
    void busy() noexcept {
        idle_ns_.store(0, std::memory_order_relaxed);
        if (!running_.load(std::memory_order_relaxed)) start();
    }
    void stop() noexcept;

    // Has nothing happened for a while? Asked before waiting; reading fails with EINTR at each tick
    // of an idle child.
    bool is_idle() const noexcept {
        return idle_ns_.load(std::memory_order_relaxed) >= idle_after_ns;
    }
    uint64_t period_ns() const noexcept { return period_ns_; }
    void set_period(uint64_t ns) noexcept { period_ns_ = ns; } // while it is stopped

  private:
    static constexpr uint64_t idle_after_ns = 250'000'000;

    void start() noexcept;
    void wake_thread() noexcept;
    void tick(bool by_thread) noexcept;
    static void on_signal(int);
    static void *run_thread(void *self);

    void (*const beat_)(void *);
    void *const self_;
    uint64_t period_ns_;
    std::atomic<uint64_t> idle_ns_{0};
    std::atomic<bool> running_{false}, ends_{false};
    bool by_thread_ = false;
    int in_ = -1, wake_ = -1; // an eventfd: the thread has to tick
    pthread_t main_{}, thread_{};
};

} // namespace fkvm
