// SPDX-License-Identifier: MIT
// The handle that `more` gets from decode: it reads from a string that the script may make longer.
#include "cbor.h"

namespace fkvm::cbor {
namespace {

// The user values of the state that the handle's two methods share.
enum { uv_text = 1, uv_more, uv_options, uv_count = uv_options };

struct Source {
    size_t position;
};

Source &source(lua_State *L) {
    return *static_cast<Source *>(lua_touserdata(L, lua_upvalueindex(1)));
}
void push_uservalue(lua_State *L, int which) { lua_getiuservalue(L, lua_upvalueindex(1), which); }

// write(self, bytes): what was read is dropped.
int write(lua_State *L) {
    size_t size;
    luaL_checklstring(L, 2, &size);
    push_uservalue(L, uv_text);
    size_t old;
    const char *text = lua_tolstring(L, -1, &old);
    lua_pushlstring(L, text + source(L).position, old - source(L).position);
    lua_pushvalue(L, 2);
    lua_concat(L, 2);
    lua_setiuservalue(L, lua_upvalueindex(1), uv_text);
    source(L).position = 0;
    lua_pushinteger(L, static_cast<lua_Integer>(size));
    return 1;
}

void ask_for_more(lua_State *L, lua_Integer missing) {
    push_uservalue(L, uv_more);
    if (!lua_isfunction(L, -1))
        luaL_error(L, "input too short: %d more bytes are needed", static_cast<int>(missing));
    lua_pushinteger(L, missing);
    lua_pushvalue(L, 1);
    push_uservalue(L, uv_options);
    lua_call(L, 3, 1);
    if (!lua_toboolean(L, -1)) return;
    lua_getfield(L, 1, "write");
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -3);
    lua_call(L, 2, 0);
}

// read(self, n): exactly n bytes; asks for more as long as there are fewer.
int read(lua_State *L) {
    const lua_Integer wanted = luaL_checkinteger(L, 2);
    if (wanted < 0) return luaL_error(L, "can't decode: a length of more than 63 bits");
    for (;;) {
        lua_settop(L, 2);
        push_uservalue(L, uv_text);
        size_t size;
        const char *text = lua_tolstring(L, -1, &size);
        const size_t position = source(L).position, left = size - position;
        if (static_cast<lua_Unsigned>(wanted) <= left) {
            source(L).position = position + static_cast<size_t>(wanted);
            lua_pushlstring(L, text + position, static_cast<size_t>(wanted));
            return 1;
        }
        ask_for_more(L, wanted - static_cast<lua_Integer>(left));
    }
}

} // namespace

void push_handle(lua_State *L, int text, int more, int options) {
    lua_createtable(L, 0, 2);
    static_cast<Source *>(lua_newuserdatauv(L, sizeof(Source), uv_count))->position = 0;
    const int values[] = {text, more, options};
    for (int i = 0; i < uv_count; i++) {
        lua_pushvalue(L, values[i]);
        lua_setiuservalue(L, -2, i + 1);
    }
    const luaL_Reg methods[] = {{"read", read}, {"write", write}, {nullptr, nullptr}};
    luaL_setfuncs(L, methods, 1);
}

} // namespace fkvm::cbor
