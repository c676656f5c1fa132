// SPDX-License-Identifier: MIT
// The VM's own clock: it runs while the VM works and stands still in host methods, so that limits
// count only what the VM itself used.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

namespace fkvm {

inline uint64_t now_ns() noexcept {
#if defined(__linux__) // one call less than through the C++ library; each host method asks twice
    timespec now;
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
#else
    return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                     std::chrono::steady_clock::now().time_since_epoch())
                                     .count());
#endif
}

class VmClock {
  public:
    static constexpr uint64_t never = UINT64_MAX;

    void enter(uint64_t now) noexcept { entered_ = now; }          // the VM begins to work
    void leave(uint64_t now) noexcept { used_ += now - entered_; } // ... and stops
    uint64_t used() const noexcept { return used_; }
    uint64_t entered() const noexcept { return entered_; } // the last time

    // The moment at which used() will reach limit if the VM goes on working.
    uint64_t moment(uint64_t limit) const noexcept {
        if (limit == never) return never;
        return limit > used_ ? entered_ + (limit - used_) : entered_;
    }

  private:
    uint64_t entered_ = 0, used_ = 0;
};

} // namespace fkvm
