// SPDX-License-Identifier: MIT
// Notices fork(): a VM belongs to the process that opened it.
#pragma once

#include <cstdint>

namespace fkvm {

// A number that differs between a process and its forked copies.
uint64_t process_generation() noexcept;

} // namespace fkvm
