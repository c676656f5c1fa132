// SPDX-License-Identifier: MIT
// Random bytes that nobody can foresee, from the system.
#pragma once

#include <cstddef>

namespace fkvm {

bool random_bytes(void *to, size_t size) noexcept; // at most 256. False: the system gives none

} // namespace fkvm
