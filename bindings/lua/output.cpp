// SPDX-License-Identifier: MIT
#include "output.h"

namespace fkvm {

void begin(OutputBytes &out, lua_State *L) {
    out.data = out.first;
    out.size = 0;
    out.capacity = sizeof out.first;
    lua_pushnil(L);
    out.slot = lua_gettop(L);
}

void grow(OutputBytes &out, lua_State *L, size_t more) {
    size_t capacity = out.capacity * 2;
    while (capacity - out.size < more) capacity *= 2;
    char *data = static_cast<char *>(lua_newuserdatauv(L, capacity, 0));
    std::memcpy(data, out.data, out.size);
    lua_replace(L, out.slot);
    out.data = data;
    out.capacity = capacity;
}

} // namespace fkvm
