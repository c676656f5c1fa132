// SPDX-License-Identifier: MIT
// Encodes tables. One whose keys come as 1, 2, 3 .. is an array, any other is a map in the order of
// its keys.
#include "cbor.h"

#include <algorithm>

namespace fkvm::cbor {
namespace {

bool may_have_hook(int type) {
    return type == LUA_TTABLE || type == LUA_TUSERDATA || type == LUA_TLIGHTUSERDATA;
}

bool key_is(lua_State *L, int index, lua_Integer number) {
    return lua_isinteger(L, index) && lua_tointeger(L, index) == number;
}

// Whether the keys after the one at -2 go on with `next`. Leaves the stack as it was.
bool rest_is_sequence(lua_State *L, int table, lua_Integer next) {
    lua_pushvalue(L, -2);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        if (!key_is(L, -1, next++)) {
            lua_pop(L, 1);
            return false;
        }
    }
    return true;
}

// From the first pair on the stack. False: the table is no array, no hook was called, the output is
// void.
bool encode_sequence(Encoder &e, int table) {
    lua_State *L = e.L;
    put_head(e, Array, lua_rawlen(L, table));
    bool certain = false;
    lua_Integer next = 1;
    do {
        if (!key_is(L, -2, next++)) {
            if (certain)
                luaL_error(L,
                           "can't encode: a __tocbor hook changed the table that is being encoded");
            return false;
        }
        const int type = lua_type(L, -1);
        if (!certain && (e.own_encoders || may_have_hook(type))) {
            if (!rest_is_sequence(L, table, next)) return false;
            certain = true;
        }
        encode_value(e);
        lua_pop(L, 1);
    } while (lua_next(L, table));
    return true;
}

// The pair on the stack. The value is encoded before a key that might call a hook, yet written
// after it.
void encode_pair(Encoder &e) {
    lua_State *L = e.L;
    const int type = lua_type(L, -2);
    if (!e.own_encoders && encode_scalar(e, -2, type)) return encode_value(e);
    const size_t first = e.out.size;
    encode_value(e);
    const size_t second = e.out.size;
    lua_pushvalue(L, -2);
    encode_value(e);
    lua_pop(L, 1);
    std::rotate(e.out.data + first, e.out.data + second, e.out.data + e.out.size);
}

void encode_pairs(Encoder &e, int table) {
    const size_t head = e.out.size;
    put(e, "", 1);
    uint64_t count = 0;
    do {
        encode_pair(e);
        lua_pop(e.L, 1);
        count++;
    } while (lua_next(e.L, table));
    close_head(e, head, Map, count);
}

void encode_plain(Encoder &e, int table) {
    const size_t start = e.out.size;
    lua_pushnil(e.L);
    if (!lua_next(e.L, table)) return put_head(e, Array, 0);
    if (key_is(e.L, -2, 1)) {
        if (encode_sequence(e, table)) return;
        e.out.size = start;
        lua_settop(e.L, table);
        lua_pushnil(e.L);
        lua_next(e.L, table);
    }
    encode_pairs(e, table);
}

int plain_next(lua_State *L) {
    lua_settop(L, 2);
    if (lua_next(L, 1)) return 2;
    lua_pushnil(L);
    return 1;
}

// Moves the bytes since `from` into the list at `list`.
void keep(Encoder &e, size_t from, int list, lua_Integer at) {
    lua_pushlstring(e.L, e.out.data + from, e.out.size - from);
    lua_rawseti(e.L, list, at);
    e.out.size = from;
}

void put_kept(Encoder &e, int list, lua_Integer at) {
    lua_rawgeti(e.L, list, at);
    put_string_at(e, -1, "");
    lua_pop(e.L, 1);
}

// With __pairs or __len nothing is known before the last pair, so the pairs wait in a list.
void encode_by_metamethods(Encoder &e, int table) {
    lua_State *L = e.L;
    const lua_Integer length = luaL_len(L, table);
    if (length < 0) luaL_error(L, "can't encode: a __len gave %d", static_cast<int>(length));
    const size_t start = e.out.size;
    lua_newtable(L);
    const int list = lua_gettop(L), iterator = iterate(L, table);
    bool is_array = true;
    lua_Integer count = 0;
    for (; next_pair(L, iterator); lua_pop(L, 2)) {
        int exact = 0;
        is_array = is_array && lua_type(L, -2) == LUA_TNUMBER &&
                   lua_tointegerx(L, -2, &exact) == count + 1 && exact;
        encode_value(e);
        keep(e, start, list, ++count * 2);
        lua_pushvalue(L, -2);
        encode_value(e);
        lua_pop(L, 1);
        keep(e, start, list, count * 2 - 1);
    }
    put_head(e, is_array ? Array : Map, static_cast<uint64_t>(is_array ? length : count));
    for (lua_Integer i = 1; i <= count * 2; i++)
        if (!is_array || i % 2 == 0) put_kept(e, list, i);
}

bool has_metamethods(lua_State *L, int table) {
    if (!lua_getmetatable(L, table)) return false;
    lua_pop(L, 1);
    int found = luaL_getmetafield(L, table, "__pairs") != LUA_TNIL;
    if (!found) found = luaL_getmetafield(L, table, "__len") != LUA_TNIL;
    lua_pop(L, found);
    return found;
}

} // namespace

int iterate(lua_State *L, int table) {
    const int first = lua_gettop(L) + 1;
    if (luaL_getmetafield(L, table, "__pairs") == LUA_TNIL) {
        luaL_checktype(L, table, LUA_TTABLE);
        lua_pushcfunction(L, plain_next);
        lua_pushvalue(L, table);
        lua_pushnil(L);
    } else {
        lua_pushvalue(L, table);
        lua_call(L, 1, 3);
    }
    return first;
}

bool next_pair(lua_State *L, int iterator) {
    for (int i = 0; i < 3; i++) lua_pushvalue(L, iterator + i);
    lua_call(L, 2, 2);
    if (lua_isnil(L, -2)) {
        lua_pop(L, 2);
        return false;
    }
    lua_pushvalue(L, -2);
    lua_replace(L, iterator + 2);
    return true;
}

void encode_table(Encoder &e) {
    enter(e);
    const int table = lua_gettop(e.L);
    if (has_metamethods(e.L, table))
        encode_by_metamethods(e, table);
    else
        encode_plain(e, table);
    lua_settop(e.L, table);
    e.depth--;
}

void encode_pairs_as_map(Encoder &e, int table) {
    const int iterator = iterate(e.L, table);
    const size_t head = e.out.size;
    put(e, "", 1);
    uint64_t count = 0;
    for (; next_pair(e.L, iterator); count++) {
        lua_pushvalue(e.L, -2);
        encode_value(e);
        lua_pop(e.L, 1);
        encode_value(e);
        lua_pop(e.L, 2);
    }
    close_head(e, head, Map, count);
}

} // namespace fkvm::cbor
