// SPDX-License-Identifier: MIT
// The bytes that an encoder writes: heads and strings.
#include "c_stack.h"
#include "cbor.h"

#include <cstring>

namespace fkvm::cbor {
namespace {

size_t write_head(char *to, Major major, uint64_t number) {
    const int type = major << 5;
    if (number < 24) {
        to[0] = static_cast<char>(type | static_cast<int>(number));
        return 1;
    }
    const int log = number < 0x100 ? 0 : number < 0x10000 ? 1 : number < 0x100000000 ? 2 : 3;
    to[0] = static_cast<char>(type | (24 + log));
    const size_t width = size_t{1} << log;
    for (size_t i = 0; i < width; i++)
        to[1 + i] = static_cast<char>(number >> (8 * (width - 1 - i)));
    return 1 + width;
}

} // namespace

void begin(Encoder &e, lua_State *L, int options) {
    e.L = L;
    e.options = options;
    e.depth = 0;
    e.own_encoders = module_of(L).own_encoders;
    check_c_stack(L);
    begin(e.out, L);
}

void put(Encoder &e, const char *bytes, size_t size) { put(e.out, e.L, bytes, size); }

void put_head(Encoder &e, Major major, uint64_t number) {
    e.out.size += write_head(reserve(e.out, e.L, 9), major, number);
}

void put_string_at(Encoder &e, int index, const char *whose) {
    const int type = lua_type(e.L, index);
    if (type != LUA_TSTRING && type != LUA_TNUMBER)
        luaL_error(e.L, "can't encode: %s gave a %s, but must give a string of CBOR", whose,
                   lua_typename(e.L, type));
    lua_pushvalue(e.L, index);
    size_t size;
    const char *bytes = lua_tolstring(e.L, -1, &size);
    put(e, bytes, size);
    lua_pop(e.L, 1);
}

int finish(Encoder &e) {
    lua_pushlstring(e.L, e.out.data, e.out.size);
    return 1;
}

void enter(Encoder &e) {
    if (++e.depth > FK_MAX_DEPTH)
        luaL_error(e.L, "can't encode: tables nest deeper than %d, or in a cycle",
                   static_cast<int>(FK_MAX_DEPTH));
    luaL_checkstack(e.L, 12, "for tables in tables");
    check_c_stack(e.L, e.depth);
}

void close_head(Encoder &e, size_t head, Major major, uint64_t count) {
    char bytes[9];
    const size_t size = write_head(bytes, major, count);
    reserve(e.out, e.L, size);
    char *at = e.out.data + head;
    if (size > 1) std::memmove(at + size, at + 1, e.out.size - head - 1);
    std::memcpy(at, bytes, size);
    e.out.size += size - 1;
}

} // namespace fkvm::cbor
