// SPDX-License-Identifier: MIT
// A hash of names that strangers choose: nobody outside this process can know which of them
// collide.
#pragma once

#include <cstdint>
#include <string_view>

namespace fkvm {

// SipHash-1-3 (Aumasson and Bernstein, 2012) with a key that this process draws once.
uint64_t keyed_hash(std::string_view text) noexcept;

} // namespace fkvm
