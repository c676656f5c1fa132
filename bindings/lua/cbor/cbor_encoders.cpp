// SPDX-License-Identifier: MIT
// type_encoders: one function for each type of Lua, and those that scripts set as __tocbor
// themselves.
#include "cbor.h"

#include <cstring>

namespace fkvm::cbor {
namespace {

void start(Encoder &e, lua_State *L) {
    lua_settop(L, 2);
    begin(e, L, 2);
    lua_pushvalue(L, 1);
}

int own_value(lua_State *L) { return encode_outermost(L, false); }

int number(lua_State *L) {
    luaL_checktype(L, 1, LUA_TNUMBER);
    if (!module_of(L).own_encoders) return own_value(L);
    lua_settop(L, 1);
    push_upvalue(L, up_encoders);
    lua_getfield(L, -1, lua_isinteger(L, 1) ? "integer" : "float");
    lua_pushvalue(L, 1);
    lua_call(L, 1, LUA_MULTRET);
    return lua_gettop(L) - 2;
}

int integer(lua_State *L) {
    luaL_checktype(L, 1, LUA_TNUMBER);
    lua_pushinteger(L, luaL_checkinteger(L, 1));
    lua_replace(L, 1);
    return own_value(L);
}

int float_number(lua_State *L) {
    lua_pushnumber(L, luaL_checknumber(L, 1));
    lua_replace(L, 1);
    return own_value(L);
}

int string_as(lua_State *L, Major major) {
    luaL_checktype(L, 1, LUA_TSTRING);
    Encoder e;
    start(e, L);
    size_t size;
    const char *bytes = lua_tolstring(L, 1, &size);
    put_head(e, major, size);
    put(e, bytes, size);
    return finish(e);
}

int byte_string(lua_State *L) { return string_as(L, Bytes); }
int text_string(lua_State *L) { return string_as(L, Text); }

int boolean(lua_State *L) {
    lua_pushboolean(L, lua_toboolean(L, 1));
    lua_replace(L, 1);
    return own_value(L);
}

int nothing(lua_State *L) {
    lua_pushliteral(L, "\xf6");
    return 1;
}

int refuse_function(lua_State *L) { return luaL_error(L, "can't encode function"); }

int map(lua_State *L) {
    Encoder e;
    start(e, L);
    enter(e);
    encode_pairs_as_map(e, 1);
    return finish(e);
}

int array(lua_State *L) {
    Encoder e;
    start(e, L);
    enter(e);
    const size_t head = e.out.size;
    put(e, "", 1);
    lua_Integer i = 1;
    for (; lua_geti(L, 1, i) != LUA_TNIL; i++) {
        encode_value(e);
        lua_pop(L, 1);
    }
    close_head(e, head, Array, static_cast<uint64_t>(i - 1));
    return finish(e);
}

// Pushes the table's keys in the order of `<`, by table.sort as scripts would.
void push_sorted_keys(lua_State *L, int table) {
    lua_newtable(L);
    const int keys = lua_gettop(L), iterator = iterate(L, table);
    for (lua_Integer i = 1; next_pair(L, iterator); i++) {
        lua_pop(L, 1);
        lua_rawseti(L, keys, i);
    }
    lua_settop(L, keys);
    push_upvalue(L, up_sort);
    lua_pushvalue(L, keys);
    lua_call(L, 1, 0);
}

// A list in the table itself names the keys and their order; else all keys, sorted.
int ordered_map(lua_State *L) {
    Encoder e;
    start(e, L);
    enter(e);
    if (lua_geti(L, 1, 1), lua_toboolean(L, -1))
        lua_pushvalue(L, 1);
    else
        push_sorted_keys(L, 1);
    const int keys = lua_gettop(L);
    put(e, "", 1);
    lua_Integer i = 1;
    for (; lua_geti(L, keys, i) != LUA_TNIL; i++) {
        encode_value(e);
        lua_gettable(L, 1);
        encode_value(e);
        lua_pop(L, 1);
    }
    close_head(e, 0, Map, static_cast<uint64_t>(i - 1));
    return finish(e);
}

} // namespace

const luaL_Reg type_encoders[] = {{"number", number},
                                  {"integer", integer},
                                  {"float", float_number},
                                  {"bytestring", byte_string},
                                  {"utf8string", text_string},
                                  {"string", byte_string},
                                  {"boolean", boolean},
                                  {"nil", nothing},
                                  {"userdata", own_value},
                                  {"table", own_value},
                                  {"array", array},
                                  {"map", map},
                                  {"dict", map},
                                  {"ordered_map", ordered_map},
                                  {"function", refuse_function},
                                  {nullptr, nullptr}};

} // namespace fkvm::cbor
