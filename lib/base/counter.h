// SPDX-License-Identifier: MIT
// A counter that one thread writes (the holder of the call lock) and any thread reads.
#pragma once

#include <atomic>
#include <cstdint>

namespace fkvm {

class Counter {
  public:
    void add(uint64_t n = 1) noexcept { set(get() + n); }
    void raise(uint64_t n) noexcept {
        if (n > get()) set(n);
    }
    void set(uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }
    uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<uint64_t> value_{0};
};

} // namespace fkvm
