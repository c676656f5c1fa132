// SPDX-License-Identifier: MIT
// Serialises the callers of one VM. The holder may enter again (calls nest); others wait a while.
#pragma once

#include "base/fast_tls.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace fkvm {

class CallLock {
  public:
    // Waits at most ms (UINT32_MAX: without end). False: somebody else kept it.
    bool enter(uint32_t ms) noexcept { return try_enter() || (wait(ms) && own()); }
    bool try_enter() noexcept { return held_by_me() || (mutex_.try_lock() && own()); }

    // By the holder, at its outermost level.
    void leave() noexcept {
        owner_.store(nullptr, std::memory_order_relaxed);
        mutex_.unlock();
    }

    bool held_by_me() const noexcept { return owner_.load(std::memory_order_relaxed) == me(); }

  private:
    bool own() noexcept {
        owner_.store(me(), std::memory_order_relaxed);
        return true;
    }

    bool wait(uint32_t ms) noexcept {
        if (ms == UINT32_MAX) {
            mutex_.lock();
            return true;
        }
        return mutex_.try_lock_for(std::chrono::milliseconds(ms));
    }

    static const void *me() noexcept {
        static FK_FAST_TLS thread_local char mark;
        return &mark;
    }

    std::timed_mutex mutex_;
    std::atomic<const void *> owner_{nullptr};
};

} // namespace fkvm
