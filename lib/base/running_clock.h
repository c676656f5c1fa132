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
    // CLOCK_MONOTONIC less what was lost.
    static uint64_t now() noexcept {
        const uint64_t lost = lost_.load(std::memory_order_relaxed); // first: never too much time
        return std::min(now_ns(), horizon_.load(std::memory_order_relaxed)) - lost;
    }
    static uint64_t lost() noexcept { return lost_.load(std::memory_order_relaxed); }

    // By one thread. The next tick comes before that moment of CLOCK_MONOTONIC, if the process
    // runs.
    static void tick(uint64_t next) noexcept {
        const uint64_t now = now_ns(), horizon = horizon_.load(std::memory_order_relaxed);
        if (now > horizon) lost_.fetch_add(now - horizon, std::memory_order_relaxed);
        horizon_.store(next, std::memory_order_relaxed);
    }
    // Nobody ticks any more: the clock goes on by itself.
    static void stop_ticking() noexcept { tick(UINT64_MAX); }

  private:
    static inline std::atomic<uint64_t> horizon_{UINT64_MAX}, lost_{0};
};

} // namespace fkvm
