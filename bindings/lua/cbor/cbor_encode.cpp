// SPDX-License-Identifier: MIT
// Encodes one Lua value: scalars, and what has a hook. A hook may encode again, or change the VM.
#include "cbor.h"

#include <cstring>

namespace fkvm::cbor {
namespace {

void put_integer(Encoder &e, lua_Integer value) {
    if (value < 0)
        put_head(e, Negative, ~static_cast<uint64_t>(value));
    else
        put_head(e, Unsigned, static_cast<uint64_t>(value));
}

void put_double(Encoder &e, double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    char bytes[9] = {'\xfb'};
    for (int i = 0; i < 8; i++) bytes[1 + i] = static_cast<char>(bits >> (56 - 8 * i));
    put(e, bytes, sizeof bytes);
}

void put_string(Encoder &e, int index) {
    size_t size;
    const char *bytes = lua_tolstring(e.L, index, &size);
    put_head(e, Bytes, size);
    put(e, bytes, size);
}

// Pushes what a script's getmetatable() gives for the value on the top; false: nothing that counts.
bool push_metatable(lua_State *L) {
    const bool is_table = lua_istable(L, -1);
    if (!lua_getmetatable(L, -1)) return false;
    if (is_table) {
        push_upvalue(L, up_metatable);
        const bool hidden = lua_rawget(L, -2) != LUA_TNIL;
        lua_remove(L, hidden ? -2 : -1);
    }
    if (lua_toboolean(L, -1)) return true;
    lua_pop(L, 1);
    return false;
}

// Pushes the hook of the value on the top: that of the options, else __tocbor.
bool push_hook(Encoder &e) {
    lua_State *L = e.L;
    if (!push_metatable(L)) return false;
    if (lua_toboolean(L, e.options)) {
        lua_pushvalue(L, -1);
        lua_gettable(L, e.options);
        if (lua_toboolean(L, -1)) {
            lua_remove(L, -2);
            return true;
        }
        lua_pop(L, 1);
    }
    push_upvalue(L, up_tocbor);
    lua_gettable(L, -2);
    lua_remove(L, -2);
    if (lua_toboolean(L, -1)) return true;
    lua_pop(L, 1);
    return false;
}

void encode_tagged(Encoder &e) {
    lua_State *L = e.L;
    push_upvalue(L, up_tag);
    lua_gettable(L, -2);
    int exact = 0;
    const lua_Integer tag = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &exact) : 0;
    if (!exact || tag < 0) luaL_error(L, "can't encode: a tag must be a whole number from 0 on");
    put_head(e, Tag, static_cast<uint64_t>(tag));
    push_upvalue(L, up_value);
    lua_gettable(L, -3);
    enter(e);
    encode_value(e);
    e.depth--;
    lua_pop(L, 2);
}

void encode_simple(Encoder &e) {
    lua_State *L = e.L;
    lua_getfield(L, -1, "cbor");
    if (lua_toboolean(L, -1)) {
        put_string_at(e, -1, "the field cbor of a simple value");
    } else {
        push_upvalue(L, up_value);
        lua_gettable(L, -3);
        put_head(e, Simple, static_cast<uint64_t>(luaL_checkinteger(L, -1)));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

// A hook of this module itself needs no call. The hook is on the top and is popped when true.
bool encode_with_own_hook(Encoder &e) {
    const lua_CFunction hook = lua_tocfunction(e.L, -1);
    if (hook != tagged_to_cbor && hook != simple_to_cbor) return false;
    lua_pop(e.L, 1);
    if (hook == tagged_to_cbor)
        encode_tagged(e);
    else
        encode_simple(e);
    return true;
}

// value, function -> value; the function's bytes are written.
void put_result(Encoder &e, const char *whose) {
    lua_pushvalue(e.L, -2);
    lua_pushvalue(e.L, e.options);
    lua_call(e.L, 2, 1);
    put_string_at(e, -1, whose);
    lua_pop(e.L, 1);
}

void encode_object(Encoder &e) {
    if (push_hook(e)) {
        if (!encode_with_own_hook(e)) put_result(e, "a __tocbor hook");
    } else if (lua_istable(e.L, -1)) {
        encode_table(e);
    } else {
        luaL_error(e.L, "can't encode userdata: its metatable has no __tocbor");
    }
}

void push_encoder(lua_State *L, const char *type) {
    push_upvalue(L, up_encoders);
    lua_getfield(L, -1, type);
    lua_remove(L, -2);
    if (lua_isnil(L, -1)) luaL_error(L, "can't encode %s", type);
}

} // namespace

bool encode_scalar(Encoder &e, int index, int type) {
    switch (type) {
    case LUA_TSTRING:
        put_string(e, index);
        return true;
    case LUA_TNUMBER:
        if (lua_isinteger(e.L, index))
            put_integer(e, lua_tointeger(e.L, index));
        else
            put_double(e, lua_tonumber(e.L, index));
        return true;
    case LUA_TBOOLEAN:
        put(e, lua_toboolean(e.L, index) ? "\xf5" : "\xf4", 1);
        return true;
    case LUA_TNIL:
        put(e, "\xf6", 1);
        return true;
    default:
        return false;
    }
}

void encode_value(Encoder &e) {
    const int type = lua_type(e.L, -1);
    if (e.own_encoders) {
        enter(e); // such an encoder may come back here
        push_encoder(e.L, lua_typename(e.L, type));
        put_result(e, "a function of type_encoders");
        e.depth--;
        return;
    }
    if (encode_scalar(e, -1, type)) return;
    if (type == LUA_TFUNCTION || type == LUA_TTHREAD)
        luaL_error(e.L, "can't encode %s", lua_typename(e.L, type));
    encode_object(e);
}

int encode_outermost(lua_State *L, bool may_dispatch) {
    lua_settop(L, 2);
    Encoder e;
    begin(e, L, 2);
    const int base = lua_gettop(L);
    lua_pushvalue(L, 1);
    const int type = lua_type(L, 1);
    const bool is_object =
        type == LUA_TTABLE || type == LUA_TUSERDATA || type == LUA_TLIGHTUSERDATA;
    const bool dispatched = may_dispatch && e.own_encoders;
    if (dispatched) push_encoder(L, lua_typename(L, type));
    if (dispatched || (is_object && push_hook(e))) {
        if (!dispatched && encode_with_own_hook(e)) return finish(e);
        lua_insert(L, -2);
        lua_pushvalue(L, 2);
        lua_call(L, 2, LUA_MULTRET);
        return lua_gettop(L) - base;
    }
    if (type == LUA_TTABLE)
        encode_table(e);
    else if (!encode_scalar(e, -1, type))
        luaL_error(L, "can't encode %s", lua_typename(L, type));
    return finish(e);
}

int encode(lua_State *L) { return encode_outermost(L, true); }

int tagged_to_cbor(lua_State *L) {
    lua_settop(L, 2);
    Encoder e;
    begin(e, L, 2);
    lua_pushvalue(L, 1);
    encode_tagged(e);
    return finish(e);
}

int simple_to_cbor(lua_State *L) {
    lua_settop(L, 2);
    Encoder e;
    begin(e, L, 2);
    lua_pushvalue(L, 1);
    encode_simple(e);
    return finish(e);
}

} // namespace fkvm::cbor
