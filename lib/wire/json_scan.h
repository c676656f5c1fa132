// SPDX-License-Identifier: MIT
// Where a run of plain characters in a JSON string ends, eight bytes at a time: for the reader and
// the writer.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace fkvm {

// The first byte in p..end that no JSON string holds as it is: a quote, a backslash, a control
// character. *high gets bits if there is a byte above 127 before it.
inline const char *run_end(const char *p, const char *end, uint64_t *high) noexcept {
    constexpr uint64_t ones = 0x0101010101010101ull, highs = ones << 7;
    const auto zeros = [](uint64_t w) { return (w - ones) & ~w & highs; }; // exact up to the lowest
    for (; end - p >= 8; p += 8) {
        uint64_t w;
        std::memcpy(&w, p, 8);
        const uint64_t stop =
            zeros(w ^ ones * '"') | zeros(w ^ ones * '\\') | ((w - ones * 0x20) & ~w & highs);
        if (!stop) {
            *high |= w & highs;
            continue;
        }
        if constexpr (std::endian::native != std::endian::little) break;
        *high |= w & highs & ((stop & -stop) - 1);
        return p + std::countr_zero(stop) / 8;
    }
    for (; p != end && *p != '"' && *p != '\\' && static_cast<unsigned char>(*p) >= 0x20; p++)
        *high |= *p & 0x80;
    return p;
}

} // namespace fkvm
