// SPDX-License-Identifier: MIT
// fk.json, the module and its encoder: the interface, the bytes and the leniencies of rxi's
// json.lua, which games require as "json". What scripts write is theirs: the wire's own JSON is in
// lib/.
#include "c_stack.h"
#include "cbor/cbor.h"
#include "facilities.h"
#include "json.h"
#include "output.h"

#include <cmath>
#include <cstdio>

namespace fkvm::json {
namespace {

// The tables on the way down to the one at hand.
struct Level {
    const Level *outer;
    const void *table;
    int depth;
};

struct Encoder {
    lua_State *L;
    OutputBytes out;
};

void put(Encoder &e, const char *text, size_t size) { fkvm::put(e.out, e.L, text, size); }
void put(Encoder &e, char c) { put(e, &c, 1); }

void put_value(Encoder &e, const Level *outer);

void put_number(Encoder &e) {
    const double number = lua_tonumber(e.L, -1);
    if (!std::isfinite(number))
        luaL_error(e.L, "unexpected number value '%s'", luaL_tolstring(e.L, -1, nullptr));
    constexpr size_t longest = 32;
    e.out.size +=
        static_cast<size_t>(std::snprintf(reserve(e.out, e.L, longest), longest, "%.14g", number));
}

char *write_escape(char *to, unsigned char c) {
    constexpr char plain[] = "\\\"\b\f\n\r\t", named[] = "\\\"bfnrt";
    const char *at = c ? std::strchr(plain, c) : nullptr;
    *to++ = '\\';
    if (at) return *to++ = named[at - plain], to;
    return to + std::snprintf(to, 6, "u%04x", c);
}

void put_string(Encoder &e, int index) {
    size_t size;
    const char *text = lua_tolstring(e.L, index, &size), *const end = text + size;
    put(e, '"');
    while (text != end) {
        constexpr size_t piece = 1024, worst = 6;
        char *to = reserve(e.out, e.L, piece * worst);
        for (const char *const stop = static_cast<size_t>(end - text) < piece ? end : text + piece;
             text != stop; text++) {
            const auto c = static_cast<unsigned char>(*text);
            if (c < 0x20 || c == '"' || c == '\\')
                to = write_escape(to, c);
            else
                *to++ = *text;
        }
        e.out.size = static_cast<size_t>(to - e.out.data);
    }
    put(e, '"');
}

void refuse_keys(lua_State *L) { luaL_error(L, "invalid table: mixed or invalid key types"); }

// Each pair of the table on the top, as pairs() gives them, to `use`, which leaves key and value
// where they are.
template <class Use>
void for_pairs(lua_State *L, Use use) {
    const int table = lua_gettop(L);
    if (luaL_getmetafield(L, table, "__pairs") == LUA_TNIL) {
        for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) use();
        return;
    }
    lua_pop(L, 1);
    const int iterator = cbor::iterate(L, table);
    for (; cbor::next_pair(L, iterator); lua_pop(L, 2)) use();
    lua_settop(L, table);
}

// The table on the top is not sparse; its items follow.
void put_array(Encoder &e, const Level *level) {
    lua_State *L = e.L;
    lua_Integer count = 0;
    for_pairs(L, [&] {
        if (lua_type(L, -2) != LUA_TNUMBER) refuse_keys(L);
        count++;
    });
    if (luaL_len(L, -1) != count) luaL_error(L, "invalid table: sparse array");
    put(e, '[');
    for (lua_Integer i = 1; lua_geti(L, -1, i) != LUA_TNIL; i++) {
        if (i > 1) put(e, ',');
        put_value(e, level);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    put(e, ']');
}

void put_object(Encoder &e, const Level *level) {
    lua_State *L = e.L;
    bool first = true;
    put(e, '{');
    for_pairs(L, [&] {
        if (lua_type(L, -2) != LUA_TSTRING) refuse_keys(L);
        if (!first) put(e, ',');
        first = false;
        put_string(e, -2);
        put(e, ':');
        put_value(e, level);
    });
    put(e, '}');
}

bool is_empty(lua_State *L) {
    lua_pushnil(L);
    if (!lua_next(L, -2)) return true;
    lua_pop(L, 2);
    return false;
}

void put_table(Encoder &e, const Level *outer) {
    lua_State *L = e.L;
    const Level level{outer, lua_topointer(L, -1), outer ? outer->depth + 1 : 1};
    for (const Level *l = outer; l; l = l->outer)
        if (l->table == level.table) luaL_error(L, "circular reference");
    if (level.depth > deepest) luaL_error(L, "tables nest deeper than %d", deepest);
    luaL_checkstack(L, 10, "for tables in tables");
    check_c_stack(L, level.depth);
    const bool has_first = lua_rawgeti(L, -1, 1) != LUA_TNIL;
    lua_pop(L, 1);
    if (has_first || is_empty(L))
        put_array(e, &level);
    else
        put_object(e, &level);
}

// The value on the top, which stays.
void put_value(Encoder &e, const Level *outer) {
    lua_State *L = e.L;
    switch (lua_type(L, -1)) {
    case LUA_TNIL:
        return put(e, "null", 4);
    case LUA_TBOOLEAN:
        return lua_toboolean(L, -1) ? put(e, "true", 4) : put(e, "false", 5);
    case LUA_TNUMBER:
        return put_number(e);
    case LUA_TSTRING:
        return put_string(e, -1);
    case LUA_TTABLE:
        return put_table(e, outer);
    default:
        luaL_error(L, "unexpected type '%s'", luaL_typename(L, -1));
    }
}

int encode(lua_State *L) {
    lua_settop(L, 1);
    check_c_stack(L);
    Encoder e;
    e.L = L;
    begin(e.out, L);
    lua_pushvalue(L, 1);
    put_value(e, nullptr);
    lua_pushlstring(L, e.out.data, e.out.size);
    return 1;
}

} // namespace
} // namespace fkvm::json

extern "C" int fk_open_json(lua_State *L) {
    const luaL_Reg functions[] = {
        {"encode", fkvm::json::encode}, {"decode", fkvm::json::decode}, {nullptr, nullptr}};
    luaL_newlib(L, functions);
    lua_pushliteral(L, "0.1.2"); // of the json.lua whose ways these are
    lua_setfield(L, -2, "_version");
    return 1;
}
