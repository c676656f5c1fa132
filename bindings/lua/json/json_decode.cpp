// SPDX-License-Identifier: MIT
// The decoder of fk.json. As lenient as rxi's json.lua: numbers as Lua's tonumber() takes them,
// commas before a closing bracket, any bytes in strings, null as nil.
#include "c_stack.h"
#include "json.h"

#include <cstdint>
#include <cstdio>
#include <cstring>

namespace fkvm::json {
namespace {

struct Decoder {
    lua_State *L;
    const char *begin, *at, *end;
    int depth;
};

void parse(Decoder &d);

// Raises the message on the top of the stack, with its place.
[[noreturn]] void fail_at(Decoder &d, const char *where) {
    int line = 1, column = 1;
    for (const char *p = d.begin; p < where; p++) {
        column++;
        if (*p == '\n') line++, column = 1;
    }
    lua_pushfstring(d.L, " at line %d col %d", line, column);
    lua_concat(d.L, 2);
    lua_error(d.L);
    __builtin_unreachable();
}

[[noreturn]] void fail(Decoder &d, const char *where, const char *message) {
    lua_pushstring(d.L, message);
    fail_at(d, where);
}

// "before'text'after": text may hold any bytes.
[[noreturn]] void fail_with(Decoder &d, const char *where, const char *before, const char *text,
                            size_t size, const char *after = "") {
    lua_pushfstring(d.L, "%s'", before);
    lua_pushlstring(d.L, text, size);
    lua_pushfstring(d.L, "'%s", after);
    lua_concat(d.L, 3);
    fail_at(d, where);
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

void skip_spaces(Decoder &d) {
    while (d.at != d.end && is_space(*d.at)) d.at++;
}

const char *word_end(const Decoder &d) {
    const char *p = d.at;
    while (p != d.end && !is_space(*p) && *p != ']' && *p != '}' && *p != ',') p++;
    return p;
}

void parse_literal(Decoder &d) {
    const size_t size = static_cast<size_t>(word_end(d) - d.at);
    const auto is = [&](const char *word) {
        return std::strlen(word) == size && std::memcmp(d.at, word, size) == 0;
    };
    if (is("true"))
        lua_pushboolean(d.L, 1);
    else if (is("false"))
        lua_pushboolean(d.L, 0);
    else if (is("null"))
        lua_pushnil(d.L);
    else
        fail_with(d, d.at, "invalid literal ", d.at, size);
    d.at += size;
}

void parse_number(Decoder &d) {
    const size_t size = static_cast<size_t>(word_end(d) - d.at);
    lua_Integer small = 0;
    size_t digits = 0;
    for (; digits < size && digits < 18 && d.at[digits] >= '0' && d.at[digits] <= '9'; digits++)
        small = small * 10 + (d.at[digits] - '0');
    if (digits == size) {
        lua_pushinteger(d.L, small);
    } else {
        const char *word = lua_pushlstring(d.L, d.at, size);
        if (lua_stringtonumber(d.L, word) != size + 1)
            fail_with(d, d.at, "invalid number ", d.at, size);
        lua_remove(d.L, -2);
    }
    d.at += size;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Four digits at p; -1: there are none.
int32_t hex4(const Decoder &d, const char *p) {
    if (d.end - p < 4) return -1;
    int32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        const int digit = hex_digit(p[i]);
        if (digit < 0) return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

void add_code_point(Decoder &d, luaL_Buffer *text, int32_t c) {
    const auto add = [&](int32_t byte) { luaL_addchar(text, static_cast<char>(byte)); };
    if (c > 0x10FFFF) {
        char hex[16];
        std::snprintf(hex, sizeof hex, "%x", static_cast<unsigned>(c));
        luaL_error(d.L, "invalid unicode codepoint '%s'", hex);
    }
    if (c < 0x80) return add(c);
    if (c < 0x800) {
        add(0xC0 | c >> 6);
    } else if (c < 0x10000) {
        add(0xE0 | c >> 12);
        add(0x80 | (c >> 6 & 0x3F));
    } else {
        add(0xF0 | c >> 18);
        add(0x80 | (c >> 12 & 0x3F));
        add(0x80 | (c >> 6 & 0x3F));
    }
    add(0x80 | (c & 0x3F));
}

// at is on the u of an escape. A high surrogate takes any escape that follows for its other half.
void parse_unicode(Decoder &d, luaL_Buffer *text) {
    const int32_t first = hex4(d, d.at + 1);
    if (first < 0) fail(d, d.at - 1, "invalid unicode escape in string");
    int32_t second = -1;
    if (first >= 0xD800 && first < 0xDC00 && d.end - d.at > 6 && d.at[5] == '\\' && d.at[6] == 'u')
        second = hex4(d, d.at + 7);
    add_code_point(d, text,
                   second < 0 ? first : (first - 0xD800) * 0x400 + (second - 0xDC00) + 0x10000);
    d.at += second < 0 ? 5 : 11;
}

void parse_escape(Decoder &d, luaL_Buffer *text) {
    constexpr char from[] = "\\/\"bfnrt", into[] = "\\/\"\b\f\n\r\t";
    d.at++;
    if (d.at != d.end && *d.at == 'u') return parse_unicode(d, text);
    const char *known = d.at != d.end && *d.at ? std::strchr(from, *d.at) : nullptr;
    if (!known) fail_with(d, d.at - 1, "invalid escape char ", d.at, d.at != d.end, " in string");
    luaL_addchar(text, into[known - from]);
    d.at++;
}

void parse_string(Decoder &d) {
    const char *const start = d.at++, *run = d.at;
    const auto plain = [&] {
        while (d.at != d.end && *d.at != '"' && *d.at != '\\' &&
               static_cast<unsigned char>(*d.at) >= 0x20)
            d.at++;
        if (d.at == d.end) fail(d, start, "expected closing quote for string");
        if (static_cast<unsigned char>(*d.at) < 0x20) fail(d, d.at, "control character in string");
    };
    plain();
    if (*d.at == '"') {
        lua_pushlstring(d.L, run, static_cast<size_t>(d.at++ - run));
        return;
    }
    luaL_Buffer text;
    luaL_buffinit(d.L, &text);
    while (*d.at != '"') {
        luaL_addlstring(&text, run, static_cast<size_t>(d.at - run));
        parse_escape(d, &text);
        run = d.at;
        plain();
    }
    luaL_addlstring(&text, run, static_cast<size_t>(d.at++ - run));
    luaL_pushresult(&text);
}

// After an item: true if another may come; a closing bracket is taken.
bool goes_on(Decoder &d, char close, const char *message) {
    skip_spaces(d);
    const char c = d.at != d.end ? *d.at : '\0';
    if (d.at != d.end && (c == close || c == ','))
        d.at++;
    else
        fail(d, d.at + 1, message);
    return c == ',';
}

bool closes(Decoder &d, char close) {
    skip_spaces(d);
    if (d.at == d.end || *d.at != close) return false;
    d.at++;
    return true;
}

void enter(Decoder &d) {
    if (++d.depth > deepest) luaL_error(d.L, "values nest deeper than %d", deepest);
    luaL_checkstack(d.L, 6, "for values in values");
    check_c_stack(d.L, d.depth);
    d.at++;
    lua_newtable(d.L);
}

void parse_array(Decoder &d) {
    enter(d);
    for (lua_Integer n = 1; !closes(d, ']'); n++) {
        parse(d);
        lua_rawseti(d.L, -2, n);
        if (!goes_on(d, ']', "expected ']' or ','")) break;
    }
    d.depth--;
}

void parse_object(Decoder &d) {
    enter(d);
    while (!closes(d, '}')) {
        if (d.at == d.end || *d.at != '"') fail(d, d.at, "expected string for key");
        parse_string(d);
        skip_spaces(d);
        if (d.at == d.end || *d.at != ':') fail(d, d.at, "expected ':' after key");
        d.at++;
        skip_spaces(d);
        parse(d);
        lua_rawset(d.L, -3);
        if (!goes_on(d, '}', "expected '}' or ','")) break;
    }
    d.depth--;
}

// Pushes one value; spaces before it in an array have been skipped.
void parse(Decoder &d) {
    const char c = d.at != d.end ? *d.at : '\0';
    switch (c) {
    case '"':
        return parse_string(d);
    case '[':
        return parse_array(d);
    case '{':
        return parse_object(d);
    case 't':
    case 'f':
    case 'n':
        return parse_literal(d);
    default:
        if (c == '-' || (c >= '0' && c <= '9')) return parse_number(d);
        fail_with(d, d.at, "unexpected character ", d.at, d.at != d.end);
    }
}

} // namespace

int decode(lua_State *L) {
    if (lua_type(L, 1) != LUA_TSTRING)
        return luaL_error(L, "expected argument of type string, got %s", luaL_typename(L, 1));
    lua_settop(L, 1);
    size_t size;
    const char *text = lua_tolstring(L, 1, &size);
    Decoder d{L, text, text, text + size, 0};
    skip_spaces(d);
    parse(d);
    skip_spaces(d);
    if (d.at != d.end) fail(d, d.at, "trailing garbage");
    return 1;
}

} // namespace fkvm::json
