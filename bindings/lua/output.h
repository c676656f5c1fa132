/* SPDX-License-Identifier: MIT */
/* Bytes that an encoder writes. They begin in its C frame and move into a userdata on the Lua stack
 * when they outgrow it, so that a Lua error may leave at any time. */
#pragma once

#include <cstddef>
#include <cstring>
#include <lua.hpp>

namespace fkvm {

struct OutputBytes {
    char *data;
    size_t size, capacity;
    int slot; // of the Lua stack
    char first[1024];
};

void begin(OutputBytes &out, lua_State *L); // pushes the slot
void grow(OutputBytes &out, lua_State *L, size_t more);

inline char *reserve(OutputBytes &out, lua_State *L, size_t size) {
    if (out.capacity - out.size < size) grow(out, L, size);
    return out.data + out.size;
}

inline void put(OutputBytes &out, lua_State *L, const char *bytes, size_t size) {
    std::memcpy(reserve(out, L, size), bytes, size);
    out.size += size;
}

} // namespace fkvm
