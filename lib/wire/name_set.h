// SPDX-License-Identifier: MIT
// The names of an object: are they unique, and which member has one? Pairwise for the small, by a
// hash table for the large.
#pragma once

#include "base/arena.h"
#include "base/hash.h"
#include "fk_value.h"

#include <string_view>

namespace fkvm {

// Members by name. The table lies in an arena, whose owner rewinds it.
class NameTable {
  public:
    // For at most n members. False: out of memory.
    bool make(size_t n, Arena &arena) noexcept;

    static uint64_t hash(std::string_view name) noexcept { return keyed_hash(name); }
    // Brings the place of a name that find() will be asked for soon into the cache.
    void expect(uint64_t hash) const noexcept { __builtin_prefetch(&slots_[hash & mask_], 1); }

    // The index in members of the one of that name which was added before; else `none`, and index
    // is added under the name, if it is not `none` itself.
    uint32_t find(std::string_view name, uint64_t hash, const fk_member *members,
                  uint32_t index = none) noexcept;
    static constexpr uint32_t none = UINT32_MAX;

    size_t steps() const noexcept { return steps_; } // slots looked at, so far

  private:
    uint32_t *slots_ = nullptr; // some bits of the hash above, index + 1 below; 0 is free
    size_t mask_ = 0, steps_ = 0;
    int index_bits_ = 0;
};

// Up to so many members pairs are compared, without a table.
constexpr size_t few_names = 12;

struct Duplicate {
    size_t index = 0; // of the first member whose name stood before; n: there is none
    size_t steps = 0; // names or slots looked at: grows as n does, whatever the names are
    bool out_of_memory = false;
};

// The table it may need is taken from arena and given back.
Duplicate find_duplicate(const fk_member *members, size_t n, Arena &arena) noexcept;

} // namespace fkvm
