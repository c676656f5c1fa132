// SPDX-License-Identifier: MIT
// Values as every part of the library sees them: check, copy, compare, and the name of a place in
// one.
#pragma once

#include "fk_value.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fkvm {

// Of a string, an array, an object. One more stands for a size that did not fit (fk_value.h).
constexpr uint32_t most_size = UINT32_MAX - 1;

inline std::string_view text_of(const fk_value &v) noexcept { return {v.string, v.size}; }

// Where a walk through a value stands: a linked list on the walker's own stack, so that a path
// costs nothing until it is needed.
struct Place {
    const Place *parent;      // nullptr at the root
    std::string_view name;    // of the member, or of the root; empty for an item
    size_t index;             // of the item, from 0
    std::string path() const; // "params[2].cards[5]"; names that are no identifier: ["odd name"]
};

// Can value cross (fk_value_check's rules)? If not, *problem (may be null) says where and why:
// "params[2].cards: arrays and objects nest deeper than 128". Scalars cost a few instructions.
struct ValueLimits {
    uint32_t values = UINT32_MAX; // items and members; max_values
    uint32_t bytes = UINT32_MAX;  // of strings; max_message
};
bool check_value(const fk_value &value, std::string_view root, std::string *problem,
                 ValueLimits limits = {});

// Whether the items and members inside value, or inside its parts alone, are at most *left, which
// they are taken from. value is well-formed.
bool holds_at_most(const fk_value &value, uint32_t *left) noexcept;
bool parts_hold_at_most(const fk_value &value, uint32_t *left) noexcept;

// True for most values: they are good, and it is seen without a walk.
inline bool is_plain(const fk_value &v) noexcept {
    if (v.kind == FK_STRING) return v.size <= most_size && (v.string || !v.size);
    return v.kind <= FK_DOUBLE && (v.kind != FK_BOOL || v.bits <= 1);
}

// Bytes of the block that copy_value would allocate; the copy; nullptr when out of memory. value
// has been checked.
size_t copy_size(const fk_value &value) noexcept;
fk_value *copy_value(const fk_value &value) noexcept;

// The same into memory of copy_size() bytes that the caller has; returns block.
fk_value *copy_value_to(const fk_value &value, void *block) noexcept;

bool equal_values(const fk_value &a, const fk_value &b) noexcept;

} // namespace fkvm
