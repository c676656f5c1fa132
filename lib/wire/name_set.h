// SPDX-License-Identifier: MIT
// Are the names of an object unique? Pairwise for the small, by a hash table for the large.
#pragma once

#include "base/arena.h"
#include "fk_value.h"

namespace fkvm {

// The index of the first member whose name stood before; n if there is none. The table it may need is
// taken from arena and given back.
size_t find_duplicate(const fk_member *members, size_t n, Arena &arena,
                      bool *out_of_memory) noexcept;

} // namespace fkvm
