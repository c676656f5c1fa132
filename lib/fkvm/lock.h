// SPDX-License-Identifier: MIT
// Serialises the callers of one VM. The holder may enter again (calls nest); others wait a while.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace fk {

class CallLock {
  public:
    // Waits at most ms (UINT32_MAX: without end). False: somebody else kept it.
    bool enter(uint32_t ms) noexcept {
        if (held_by_me()) return true;
        if (!mutex_.try_lock() && !wait(ms)) return false;
        owner_.store(me(), std::memory_order_relaxed);
        return true;
    }

    // By the holder, at its outermost level.
    void leave() noexcept {
        owner_.store(nullptr, std::memory_order_relaxed);
        mutex_.unlock();
    }

    bool held_by_me() const noexcept { return owner_.load(std::memory_order_relaxed) == me(); }

  private:
    bool wait(uint32_t ms) noexcept {
        if (ms == UINT32_MAX) {
            mutex_.lock();
            return true;
        }
        return mutex_.try_lock_for(std::chrono::milliseconds(ms));
    }

    static const void *me() noexcept {
        static thread_local char mark;
        return &mark;
    }

    std::timed_mutex mutex_;
    std::atomic<const void *> owner_{nullptr};
};

} // namespace fk
