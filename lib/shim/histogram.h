// SPDX-License-Identifier: MIT
// How long something took: a count for each power of two from a microsecond to 8.6 s, and one for
// what took longer.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace fkvm {

struct Buckets {
    static constexpr size_t count = 25;
    static constexpr int shortest = 10; // 2^10 ns: the first bound

    static size_t of(uint64_t ns) noexcept {
        return std::min<size_t>(static_cast<size_t>(std::bit_width(ns >> shortest)), count - 1);
    }
    static double bound(size_t bucket) noexcept { // seconds; not of the last
        return static_cast<double>(uint64_t{1} << (shortest + bucket)) / 1e9;
    }
};

// Added up.
struct Times {
    uint64_t counts[Buckets::count] = {};
    uint64_t total_ns = 0;

    Times &operator+=(const Times &more) noexcept {
        for (size_t i = 0; i < Buckets::count; i++) counts[i] += more.counts[i];
        total_ns += more.total_ns;
        return *this;
    }
};

} // namespace fkvm
