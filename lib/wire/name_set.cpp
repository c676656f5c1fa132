// SPDX-License-Identifier: MIT
// Names in a table of open addressing, at most half full.
#include "name_set.h"

#include "value.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fkvm {
namespace {

Duplicate among_few(const fk_member *members, size_t n) noexcept {
    Duplicate found;
    for (size_t i = 1; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            found.steps++;
            if (text_of(members[i].name) == text_of(members[j].name)) return found.index = i, found;
        }
    }
    return found.index = n, found;
}

} // namespace

bool NameTable::make(size_t n, Arena &arena) noexcept {
    size_t room = 32;
    while (room < n * 2) room *= 2;
    slots_ = arena.array<uint32_t>(room);
    if (!slots_) return false;
    std::memset(slots_, 0, room * sizeof *slots_);
    mask_ = room - 1;
    index_bits_ = std::bit_width(n);
    return true;
}

uint32_t NameTable::find(std::string_view name, uint64_t hash, const fk_member *members,
                         uint32_t index) noexcept {
    const uint32_t below = static_cast<uint32_t>((uint64_t{1} << index_bits_) - 1);
    const uint32_t above = static_cast<uint32_t>(hash >> 32) & ~below;
    size_t slot = hash & mask_;
    for (steps_++; slots_[slot]; slot = (slot + 1) & mask_, steps_++) {
        if ((slots_[slot] & ~below) != above) continue; // without a look at the member
        const uint32_t at = (slots_[slot] & below) - 1;
        if (text_of(members[at].name) == name) return at;
    }
    if (index != none) slots_[slot] = above | (index + 1);
    return none;
}

Duplicate find_duplicate(const fk_member *members, size_t n, Arena &arena) noexcept {
    if (n <= few_names) return among_few(members, n);
    constexpr size_t ahead = 16; // names hashed before the first of them is looked for
    const ArenaScope scope(arena);
    Duplicate found;
    NameTable table;
    found.index = n;
    if (!table.make(n, arena)) return found.out_of_memory = true, found;
    for (size_t i = 0; i < n && found.index == n; i += ahead) {
        uint64_t hashes[ahead];
        const size_t count = std::min(ahead, n - i);
        for (size_t j = 0; j < count; j++)
            table.expect(hashes[j] = table.hash(text_of(members[i + j].name)));
        for (size_t j = 0; j < count && found.index == n; j++) {
            const auto index = static_cast<uint32_t>(i + j);
            const std::string_view name = text_of(members[index].name);
            if (table.find(name, hashes[j], members, index) != table.none) found.index = index;
        }
    }
    found.steps = table.steps();
    return found;
}

} // namespace fkvm
