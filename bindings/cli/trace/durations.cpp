// SPDX-License-Identifier: MIT
// A histogram whose slots are sixteenths of powers of two.
#include "durations.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace cli {

size_t Durations::slot_of(uint64_t ns) {
    if (ns < parts) return ns;
    const int shift = std::bit_width(ns) - std::bit_width(uint64_t{parts});
    return static_cast<size_t>(shift) * parts + static_cast<size_t>(ns >> shift);
}

uint64_t Durations::middle_of(size_t slot) {
    if (slot < 2 * parts) return slot;
    const size_t shift = slot / parts - 1;
    return (uint64_t{slot - shift * parts} << shift) + (uint64_t{1} << shift) / 2;
}

void Durations::add(int64_t ns) {
    ns = std::max<int64_t>(ns, 0);
    const size_t slot = slot_of(static_cast<uint64_t>(ns));
    if (slot >= slots_.size()) slots_.resize(slot + 1);
    slots_[slot]++;
    count_++;
    total_ += ns;
    min_ = std::min(min_, ns);
    max_ = std::max(max_, ns);
}

int64_t Durations::quantile(double part) const {
    const auto wanted = static_cast<uint64_t>(std::ceil(part * static_cast<double>(count_)));
    uint64_t seen = 0;
    for (size_t slot = 0; slot < slots_.size(); slot++) {
        seen += slots_[slot];
        if (seen && seen >= wanted)
            return std::clamp(static_cast<int64_t>(middle_of(slot)), min_, max_);
    }
    return 0;
}

} // namespace cli
