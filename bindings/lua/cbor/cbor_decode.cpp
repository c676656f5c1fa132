// SPDX-License-Identifier: MIT
// Decodes a value from memory, or from a handle with a method read. Numbers without a fraction
// become integers, lengths and integers wrap at 64 bits, as scripts know it.
#include "c_stack.h"
#include "cbor.h"

#include <cmath>
#include <cstring>

namespace fkvm::cbor {
namespace {

constexpr int indefinite = 31;

[[noreturn]] void fail_short(const Decoder &d, uint64_t wanted) {
    luaL_error(d.L, "input too short: %I more bytes are needed",
               static_cast<LUAI_UACINT>(wanted - static_cast<uint64_t>(d.end - d.at)));
    __builtin_unreachable();
}

// handle:read(size), whatever it gives.
void push_from_handle(Decoder &d, lua_Integer size) {
    lua_getfield(d.L, d.handle, "read");
    lua_pushvalue(d.L, d.handle);
    lua_pushinteger(d.L, size);
    lua_call(d.L, 2, 1);
}

// Copies exactly `size` <= 8 bytes.
void read_small(Decoder &d, char *to, size_t size) {
    if (!d.handle) {
        if (static_cast<size_t>(d.end - d.at) < size) fail_short(d, size);
        std::memcpy(to, d.at, size);
        d.at += size;
        return;
    }
    push_from_handle(d, static_cast<lua_Integer>(size));
    size_t got = 0;
    const char *bytes = lua_type(d.L, -1) == LUA_TSTRING ? lua_tolstring(d.L, -1, &got) : nullptr;
    if (got < size)
        luaL_error(d.L, "input too short: read(%d) gave %s", static_cast<int>(size),
                   bytes ? "fewer bytes" : luaL_typename(d.L, -1));
    std::memcpy(to, bytes, size);
    lua_pop(d.L, 1);
}

uint64_t read_number(Decoder &d, size_t size) {
    unsigned char bytes[8];
    uint64_t number = 0;
    if (!d.handle) {
        read_small(d, reinterpret_cast<char *>(bytes), size);
        for (size_t i = 0; i < size; i++) number = number << 8 | bytes[i];
        return number;
    }
    for (size_t i = 0; i < size; i++) { // handles see the reads of one byte that they always saw
        read_small(d, reinterpret_cast<char *>(bytes), 1);
        number = number << 8 | bytes[0];
    }
    return number;
}

lua_Integer read_length(Decoder &d, int minor) {
    if (minor < 24) return minor;
    if (minor > 27)
        luaL_error(d.L, "can't decode: invalid length, the low bits of its first byte are %d",
                   minor);
    return static_cast<lua_Integer>(read_number(d, size_t{1} << (minor - 24)));
}

void enter(Decoder &d) {
    if (++d.depth > FK_MAX_DEPTH)
        luaL_error(d.L, "can't decode: values nest deeper than %d", static_cast<int>(FK_MAX_DEPTH));
    luaL_checkstack(d.L, 12, "for values in values");
    check_c_stack(d.L, d.depth);
}

bool is_break(lua_State *L) {
    return lua_istable(L, -1) && lua_compare(L, -1, lua_upvalueindex(up_break), LUA_OPEQ);
}

// Pushes the next value; false at the break, which is not pushed.
bool next_before_break(Decoder &d) {
    decode_value(d, 1);
    if (!is_break(d.L)) return true;
    lua_pop(d.L, 1);
    return false;
}

void decode_chunks(Decoder &d) {
    push_upvalue(d.L, up_concat);
    lua_newtable(d.L);
    const int options = d.options;
    d.options = 0;
    enter(d);
    for (lua_Integer i = 1; next_before_break(d); i++) lua_rawseti(d.L, -2, i);
    d.depth--;
    d.options = options;
    lua_call(d.L, 1, 1);
}

void decode_string(Decoder &d, int minor) {
    if (minor == indefinite) return decode_chunks(d);
    const lua_Integer length = read_length(d, minor);
    if (length < 0) luaL_error(d.L, "can't decode: a length of more than 63 bits");
    if (d.handle) return push_from_handle(d, length);
    if (length > d.end - d.at) fail_short(d, static_cast<uint64_t>(length));
    lua_pushlstring(d.L, d.at, static_cast<size_t>(length));
    d.at += length;
}

void decode_array(Decoder &d, int minor) {
    enter(d);
    lua_newtable(d.L);
    if (minor == indefinite) {
        for (lua_Integer i = 1; next_before_break(d); i++) lua_rawseti(d.L, -2, i);
    } else {
        const lua_Integer length = read_length(d, minor);
        for (lua_Integer i = 1; i <= length; i++) {
            decode_value(d, 1);
            lua_rawseti(d.L, -2, i);
        }
    }
    d.depth--;
}

void decode_map(Decoder &d, int minor) {
    enter(d);
    lua_newtable(d.L);
    const bool open_end = minor == indefinite;
    for (lua_Integer left = open_end ? 0 : read_length(d, minor); open_end || left > 0; left--) {
        if (!open_end)
            decode_value(d, 1);
        else if (!next_before_break(d))
            break;
        decode_value(d, 1);
        lua_rawset(d.L, -3);
    }
    d.depth--;
}

// Pushes options[key] if that is something; key is on the top and is popped.
bool push_option(Decoder &d) {
    if (!d.options || !lua_toboolean(d.L, d.options)) return lua_pop(d.L, 1), false;
    lua_gettable(d.L, d.options);
    if (lua_toboolean(d.L, -1)) return true;
    return lua_pop(d.L, 1), false;
}

// function, value -> results of the call
int call_hook(Decoder &d, int results) {
    const int base = lua_gettop(d.L) - 2;
    lua_call(d.L, 1, results);
    return lua_gettop(d.L) - base;
}

bool push_tag_hook(Decoder &d, lua_Integer tag) {
    lua_pushinteger(d.L, tag);
    if (push_option(d)) return true;
    push_upvalue(d.L, up_tagged_decoders);
    lua_pushinteger(d.L, tag);
    lua_gettable(d.L, -2);
    lua_remove(d.L, -2);
    if (lua_toboolean(d.L, -1)) return true;
    return lua_pop(d.L, 1), false;
}

int decode_tagged(Decoder &d, int minor, int results) {
    const lua_Integer tag = read_length(d, minor);
    enter(d);
    decode_value(d, 1);
    d.depth--;
    if (push_tag_hook(d, tag)) {
        lua_insert(d.L, -2);
        return call_hook(d, results);
    }
    push_tagged(d.L, tag);
    return 1;
}

void push_number(lua_State *L, double number) {
    lua_Integer integer;
    if (number == std::floor(number) && lua_numbertointeger(number, &integer))
        lua_pushinteger(L, integer);
    else
        lua_pushnumber(L, number);
}

double half(uint64_t bits) {
    const int sign = bits & 0x8000 ? -1 : 1, exponent = bits >> 10 & 31, fraction = bits & 1023;
    if (exponent == 0) return sign * std::ldexp(fraction, -24);
    if (exponent != 31) return sign * std::ldexp(fraction + 1024, exponent - 25);
    if (fraction == 0) return sign * HUGE_VAL;
    volatile double zero = 0; // the NaN of this machine, like 0/0 in Lua
    return zero / zero;
}

void decode_float(Decoder &d, int minor) {
    if (minor == 25) return push_number(d.L, half(read_number(d, 2)));
    char bytes[8];
    const size_t size = minor == 26 ? 4 : 8;
    read_small(d, bytes, size);
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++) bits = bits << 8 | static_cast<unsigned char>(bytes[i]);
    if (size == 8) {
        double number;
        std::memcpy(&number, &bits, sizeof number);
        return push_number(d.L, number);
    }
    const auto low = static_cast<uint32_t>(bits);
    float number;
    std::memcpy(&number, &low, sizeof number);
    push_number(d.L, number);
}

int decode_simple(Decoder &d, int minor, int results) {
    const int value = minor == 24 ? static_cast<int>(read_number(d, 1)) : minor;
    switch (value) {
    case 20:
        return lua_pushboolean(d.L, 0), 1;
    case 21:
        return lua_pushboolean(d.L, 1), 1;
    case 22:
        return push_upvalue(d.L, up_null), 1;
    case 23:
        return push_upvalue(d.L, up_undefined), 1;
    case 25:
    case 26:
    case 27:
        return decode_float(d, value), 1;
    case 31:
        return push_upvalue(d.L, up_break), 1;
    default:
        break;
    }
    lua_pushliteral(d.L, "simple");
    if (!push_option(d)) return push_simple(d.L, value), 1;
    lua_pushinteger(d.L, value);
    return call_hook(d, results);
}

// What a script put into type_decoders gets (handle, low bits, options).
int decode_by_script(Decoder &d, int major, int minor, int results) {
    const int base = lua_gettop(d.L);
    enter(d);
    push_upvalue(d.L, up_decoders);
    lua_geti(d.L, -1, major);
    lua_remove(d.L, -2);
    lua_pushvalue(d.L, d.handle);
    lua_pushinteger(d.L, minor);
    if (d.options)
        lua_pushvalue(d.L, d.options);
    else
        lua_pushnil(d.L);
    lua_call(d.L, 3, results);
    d.depth--;
    return lua_gettop(d.L) - base;
}

} // namespace

int decode_major(Decoder &d, Major major, int minor, int results) {
    switch (major) {
    case Unsigned:
        return lua_pushinteger(d.L, read_length(d, minor)), 1;
    case Negative:
        return lua_pushinteger(
                   d.L, static_cast<lua_Integer>(~static_cast<uint64_t>(read_length(d, minor)))),
               1;
    case Bytes:
    case Text:
        return decode_string(d, minor), 1;
    case Array:
        return decode_array(d, minor), 1;
    case Map:
        return decode_map(d, minor), 1;
    case Tag:
        return decode_tagged(d, minor, results);
    default:
        return decode_simple(d, minor, results);
    }
}

int decode_value(Decoder &d, int results) {
    const auto byte = static_cast<int>(read_number(d, 1));
    if (d.own_decoders) return decode_by_script(d, byte >> 5, byte & 31, results);
    return decode_major(d, static_cast<Major>(byte >> 5), byte & 31, results);
}

// decode(text, options): options is a table, or the function `more`
int decode(lua_State *L) {
    luaL_checktype(L, 1, LUA_TSTRING);
    check_c_stack(L);
    lua_settop(L, 2);
    const int type = lua_type(L, 2);
    if (type == LUA_TTABLE)
        lua_getfield(L, 2, "more");
    else if (type == LUA_TFUNCTION)
        lua_pushvalue(L, 2);
    else if (type == LUA_TNIL)
        lua_pushnil(L);
    else
        return luaL_typeerror(L, 2, "function or table");
    size_t size;
    const char *text = lua_tolstring(L, 1, &size);
    Decoder d{L, text, text + size, 0, type == LUA_TNIL ? 0 : 2, 0, module_of(L).own_decoders};
    if (lua_isfunction(L, 3) || d.own_decoders) {
        push_handle(L, 1, 3, 2);
        d.handle = 4;
    }
    return decode_value(d, LUA_MULTRET);
}

// decode_file(handle, options): one value by handle:read(n)
int decode_file(lua_State *L) {
    check_c_stack(L);
    lua_settop(L, 2);
    Decoder d{L, nullptr, nullptr, 1, 2, 0, module_of(L).own_decoders};
    return decode_value(d, LUA_MULTRET);
}

// type_decoders[major](handle, low bits, options)
int type_decoder(lua_State *L) {
    check_c_stack(L);
    lua_settop(L, 3);
    const auto major = static_cast<Major>(lua_tointeger(L, lua_upvalueindex(up_count + 1)));
    Decoder d{L, nullptr, nullptr, 1, 3, 0, module_of(L).own_decoders};
    return decode_major(d, major, static_cast<int>(luaL_checkinteger(L, 2)), LUA_MULTRET);
}

} // namespace fkvm::cbor
