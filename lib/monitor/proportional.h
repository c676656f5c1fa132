// SPDX-License-Identifier: MIT
// A process's part of memory: pages that it shares count by their share.
#pragma once

#include <cstdint>

namespace fkvm {

// 0: this system does not say, or it may not be read.
uint64_t proportional_bytes(int64_t pid) noexcept;

} // namespace fkvm
