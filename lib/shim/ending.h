// SPDX-License-Identifier: MIT
// The wish that what runs in a VM should end. It belongs to one turn, the time from the beginning
// of the outermost work to its end, so that no wish meets what came later.
#pragma once

#include <atomic>
#include <cstdint>

namespace fkvm {

class Ending {
  public:
    enum Reason : uint64_t { None, Limit, HostLimit, Interrupt };

    // By the VM's thread, around its outermost work.
    void begin() noexcept {
        const uint64_t turn = word_.load(std::memory_order_relaxed) & ~(turn_unit - 1);
        word_.store(turn + turn_unit + working, std::memory_order_seq_cst);
    }
    void end() noexcept { word_.fetch_and(~(turn_unit - 1), std::memory_order_relaxed); }

    // From any thread, and from a signal handler.
    uint64_t now() const noexcept { return word_.load(std::memory_order_acquire); }
    static bool is_working(uint64_t word) noexcept { return word & working; }
    Reason reason() const noexcept {
        return static_cast<Reason>(word_.load(std::memory_order_seq_cst) & reasons);
    }

    // The first wish of a turn counts. False: the turn that now() saw is over, or has its wish
    // already.
    bool wish(uint64_t seen, Reason reason) noexcept {
        if (!is_working(seen) || (seen & reasons)) return false;
        return word_.compare_exchange_strong(seen, seen | reason, std::memory_order_seq_cst);
    }
    bool wish(Reason reason) noexcept { return wish(now(), reason); }

  private:
    static constexpr uint64_t reasons = 3, working = 4, turn_unit = 8;

    std::atomic<uint64_t> word_{0};
};

} // namespace fkvm
