// SPDX-License-Identifier: MIT
// A clock for limits: it stands still while this process could not run (SIGSTOP, a paused
// container). Somebody has to tick it; between two ticks it goes on no longer than the second tick
// was announced for.
#pragma once

#include "clock.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace fkvm {

class RunningClock {
  public:
    // CLOCK_MONOTONIC less what was lost. Both at once: one that is older than the other would
    // count what was lost.
    static uint64_t now() noexcept {
        for (;;) {
            const uint64_t tick = ticks_.load(std::memory_order_acquire);
            const uint64_t lost = lost_[tick % 2].load(std::memory_order_acquire);
            const uint64_t horizon = horizon_[tick % 2].load(std::memory_order_acquire);
            const uint64_t time = std::min(now_ns(), horizon) - lost;
            if (ticks_.load(std::memory_order_relaxed) == tick) return time;
        }
    }
    static uint64_t lost() noexcept {
        return lost_[ticks_.load(std::memory_order_acquire) % 2].load(std::memory_order_relaxed);
    }

    // By one thread. The next tick comes before that moment of CLOCK_MONOTONIC, if the process
    // runs.
    static void tick(uint64_t next) noexcept {
        const uint64_t tick = ticks_.load(std::memory_order_relaxed) + 1, now = now_ns();
        const uint64_t horizon = horizon_[(tick - 1) % 2].load(std::memory_order_relaxed);
        const uint64_t lost = lost_[(tick - 1) % 2].load(std::memory_order_relaxed);
        lost_[tick % 2].store(now > horizon ? lost + (now - horizon) : lost,
                              std::memory_order_relaxed);
        horizon_[tick % 2].store(next, std::memory_order_relaxed);
        ticks_.store(tick, std::memory_order_release);
    }
    // Nobody ticks any more: the clock goes on by itself.
    static void stop_ticking() noexcept { tick(UINT64_MAX); }

  private:
    // Of the last tick and the one before.
    static inline std::atomic<uint64_t> horizon_[2] = {UINT64_MAX, UINT64_MAX}, lost_[2] = {};
    static inline std::atomic<uint64_t> ticks_{0};
};

} // namespace fkvm
