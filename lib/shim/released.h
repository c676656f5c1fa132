// SPDX-License-Identifier: MIT
// The sizes that structs had in the release that brought them, for pointers of 64 and of 32 bits.
// They never change: a program that was built then still says so.
#pragma once

#include <cstddef>

namespace fkvm::released {

constexpr size_t size(size_t with_64_bits, size_t with_32_bits) noexcept {
    return sizeof(void *) == 8 ? with_64_bits : with_32_bits;
}

constexpr size_t options = size(144, 96);     // 0.1
constexpr size_t stats = size(152, 140);      // 0.1, up to host_ns
constexpr size_t method_stats = size(40, 32); // 0.1
constexpr size_t failure = size(40, 28);      // backend ABI 2
constexpr size_t backend = size(96, 48);      // backend ABI 2, up to close

} // namespace fkvm::released
