// SPDX-License-Identifier: MIT
#include "name_set.h"

#include "base/hash.h"
#include "value.h"

#include <cstring>

namespace fkvm {
namespace {

constexpr size_t pairwise = 12;

size_t among_few(const fk_member *members, size_t n) noexcept {
    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (text_of(members[i].name) == text_of(members[j].name)) return i;
    return n;
}

} // namespace

size_t find_duplicate(const fk_member *members, size_t n, Arena &arena,
                      bool *out_of_memory) noexcept {
    if (n <= pairwise) return among_few(members, n);
    const ArenaScope scope(arena);
    size_t room = 32;
    while (room < n * 2) room *= 2;
    auto *table = arena.array<uint32_t>(room); // index + 1; 0 is free
    if (!table) return *out_of_memory = true, n;
    std::memset(table, 0, room * sizeof *table);
    for (size_t i = 0; i < n; i++) {
        const std::string_view name = text_of(members[i].name);
        size_t slot = keyed_hash(name) & (room - 1);
        for (; table[slot]; slot = (slot + 1) & (room - 1))
            if (text_of(members[table[slot] - 1].name) == name) return i;
        table[slot] = static_cast<uint32_t>(i + 1);
    }
    return n;
}

} // namespace fkvm
