// SPDX-License-Identifier: MIT
// Who holds how much of a budget of memory.
#pragma once

#include <fk/room/budget.hpp>

#include <map>
#include <mutex>

namespace fk::room {

// From any thread.
class MemoryBudget {
  public:
    MemoryBudget(uint64_t bytes, uint64_t expected) : bytes_(bytes), expected_(expected) {}

    // For a new VM, by its number. "": it may open, and counts from now on. Else why not.
    std::string take(int vm);
    std::string problem(int vms = 1) const; // what take() would say now, if so many are wanted
    void measured(int vm, uint64_t held);
    void give_back(int vm);
    BudgetInfo info() const;

  private:
    uint64_t held() const;
    uint64_t of_one() const;
    std::string refusal(int vms) const;

    const uint64_t bytes_, expected_;
    mutable std::mutex mutex_;
    std::map<int, uint64_t> held_; // by VM; 0: not measured
};

// What a VM has that it would not leave to others: Pss of a child's smaps_rollup. 0: not known.
uint64_t own_bytes_of(int64_t pid);

} // namespace fk::room
