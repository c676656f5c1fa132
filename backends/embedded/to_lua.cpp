// SPDX-License-Identifier: MIT
// fk_value -> Lua.
#include "convert.h"

namespace fkvm {
namespace {

void push(lua_State *L, const fk_value &v, bool inside);

int room_for(uint32_t size) { return static_cast<int>(size < 1 << 20 ? size : 1 << 20); }

void push_array(lua_State *L, const fk_value &v) {
    lua_createtable(L, room_for(v.size), 0);
    for (uint32_t i = 0; i < v.size; i++) {
        push(L, v.items[i], true);
        lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
    }
}

void push_object(lua_State *L, const fk_value &v) {
    lua_createtable(L, 0, room_for(v.size));
    for (uint32_t i = 0; i < v.size; i++) {
        const fk_member &m = v.members[i];
        lua_pushlstring(L, m.name.string, m.name.size);
        push(L, m.value, true);
        lua_rawset(L, -3);
    }
    if (v.size) return;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &object_mark);
    lua_setmetatable(L, -2);
}

void push(lua_State *L, const fk_value &v, bool inside) {
    if (v.kind > FK_STRING) luaL_checkstack(L, 4, "a value nests too deep"); // for its parts
    switch (v.kind) {
    case FK_BOOL:
        lua_pushboolean(L, v.integer != 0);
        break;
    case FK_INT:
        lua_pushinteger(L, v.integer);
        break;
    case FK_DOUBLE:
        lua_pushnumber(L, v.number);
        break;
    case FK_STRING:
        lua_pushlstring(L, v.size ? v.string : "", v.size);
        break;
    case FK_ARRAY:
        push_array(L, v);
        break;
    case FK_OBJECT:
        push_object(L, v);
        break;
    default:
        inside ? push_null(L) : lua_pushnil(L);
    }
}

} // namespace

void push_value(lua_State *L, const fk_value &value) { push(L, value, false); }

} // namespace fkvm
