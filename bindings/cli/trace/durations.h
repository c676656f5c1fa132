// SPDX-License-Identifier: MIT
// How long many things took: quantiles to within 3 % in a few kilobytes, however many they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cli {

class Durations {
  public:
    void add(int64_t ns);

    uint64_t count() const { return count_; }
    int64_t total() const { return total_; }
    int64_t max() const { return max_; }
    int64_t quantile(double part) const; // 0.5: the median; 0 if there is none

  private:
    static constexpr int parts = 16; // of a power of two
    static size_t slot_of(uint64_t ns);
    static uint64_t middle_of(size_t slot);

    std::vector<uint64_t> slots_;
    uint64_t count_ = 0;
    int64_t total_ = 0, min_ = INT64_MAX, max_ = 0;
};

} // namespace cli
