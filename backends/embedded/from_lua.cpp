// SPDX-License-Identifier: MIT
// Lua -> fk_value.
#include "base/utf8.h"
#include "convert.h"
#include "wire/value.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace fkvm {

const char object_mark = 0;

// As fkvm::Place, for tables: how the walk got here.
struct FromLua::Place {
    const Place *parent;
    std::string_view name; // of a member; data() is null for an item
    size_t index;

    size_t write(char *to, size_t room) const noexcept {
        if (!parent) return 0;
        size_t used = parent->write(to, room);
        const int n =
            name.data()
                ? std::snprintf(to + used, room - used, ".%.*s",
                                static_cast<int>(std::min<size_t>(name.size(), 64)), name.data())
                : std::snprintf(to + used, room - used, "[%zu]", index);
        return std::min(used + static_cast<size_t>(n), room - 1);
    }
};

Crossing FromLua::refuse(const Place &place, const char *why) noexcept {
    char path[512];
    path[0] = '\0';
    place.write(path, sizeof path);
    char line[768];
    const int n = number_ >= 0
                      ? std::snprintf(line, sizeof line, "%s[%d]%s: %s", root_, number_, path, why)
                      : std::snprintf(line, sizeof line, "%s%s: %s", root_, path, why);
    char *kept = arena_.copy(line, static_cast<size_t>(n) + 1);
    if (!kept) return Crossing::OutOfMemory;
    message_ = kept;
    return Crossing::BadValue;
}

Crossing FromLua::refuse_more(const Place &place, uint32_t most, const char *what,
                              const char *option) noexcept {
    char text[128];
    std::snprintf(text, sizeof text, "more than %u %s cannot cross at once (%s)", most, what,
                  option);
    return refuse(place, text);
}

Crossing FromLua::value(int index, const char *root, int number, fk_value *out) noexcept {
    root_ = root;
    number_ = number;
    if (lua_isnoneornil(L_, index)) return *out = FK_NIL, Crossing::Ok; // most results
    return convert(index > 0 ? index : lua_absindex(L_, index), Place{nullptr, {}, 0}, 0, out);
}

Crossing FromLua::convert(int index, const Place &place, int depth, fk_value *out) noexcept {
    switch (lua_type(L_, index)) {
    case LUA_TNIL:
        *out = FK_NIL;
        return Crossing::Ok;
    case LUA_TBOOLEAN:
        *out = FK_BOOL(lua_toboolean(L_, index));
        return Crossing::Ok;
    case LUA_TNUMBER:
        if (lua_isinteger(L_, index))
            *out = FK_INT(lua_tointeger(L_, index));
        else
            *out = FK_DOUBLE(lua_tonumber(L_, index));
        return Crossing::Ok;
    case LUA_TSTRING:
        return text(index, place, depth, out);
    case LUA_TTABLE:
        return table(index, place, depth, out);
    case LUA_TLIGHTUSERDATA:
        if (is_null(L_, index)) return *out = FK_NIL, Crossing::Ok;
        return refuse(place, "a userdata cannot cross");
    case LUA_TFUNCTION:
        return refuse(place, "a function cannot cross");
    case LUA_TTHREAD:
        return refuse(place, "a coroutine cannot cross");
    default:
        return refuse(place, "a userdata cannot cross");
    }
}

bool FromLua::count(size_t values, size_t bytes, const Place &place, Crossing *outcome) noexcept {
    if (values > values_left_)
        return *outcome = refuse_more(place, options_.max_values, "values", "max_values"), false;
    if (bytes > bytes_left_)
        return *outcome =
                   refuse_more(place, options_.max_message, "bytes of strings", "max_message"),
               false;
    values_left_ -= values;
    bytes_left_ -= bytes;
    return true;
}

Crossing FromLua::text(int index, const Place &place, int depth, fk_value *out) noexcept {
    size_t size;
    const char *bytes = lua_tolstring(L_, index, &size);
    if (size > most_size) return refuse(place, "a string of 4 GiB or more cannot cross");
    Crossing outcome;
    if (!count(0, size, place, &outcome)) return outcome;
    if (depth > 0 && !(bytes = arena_.copy(bytes, size))) return Crossing::OutOfMemory;
    *out = FK_BYTES(bytes, size);
    return Crossing::Ok;
}

// Counts the entries and decides what the table is. Keys 1..n: as many integers as the largest of
// them.
bool FromLua::measure(int index, size_t *size, bool *is_array, const char **problem) noexcept {
    lua_Integer integers = 0, strings = 0, largest = 0;
    for (lua_pushnil(L_); lua_next(L_, index); lua_pop(L_, 1)) {
        const bool integer = lua_isinteger(L_, -2) && lua_type(L_, -2) == LUA_TNUMBER;
        if (integer && lua_tointeger(L_, -2) >= 1) {
            integers++;
            largest = std::max(largest, lua_tointeger(L_, -2));
        } else if (lua_type(L_, -2) == LUA_TSTRING) {
            strings++;
        } else {
            *problem =
                "a table with a key that is neither a string nor an integer from 1 cannot cross";
            return lua_pop(L_, 2), false;
        }
    }
    if (integers && strings)
        *problem = "a table with both integer and string keys cannot cross";
    else if (integers != largest)
        *problem = "an array with a hole cannot cross";
    else
        *problem = nullptr;
    *size = static_cast<size_t>(integers + strings);
    *is_array = integers > 0;
    return !*problem;
}

Crossing FromLua::table(int index, const Place &place, int depth, fk_value *out) noexcept {
    if (depth >= FK_MAX_DEPTH) return refuse(place, "tables nest deeper than 128, or in a cycle");
    if (!lua_checkstack(L_, 6)) return refuse(place, "Lua's stack is full");
    size_t size;
    bool is_array;
    const char *problem;
    if (!measure(index, &size, &is_array, &problem)) return refuse(place, problem);
    bool marked = false;
    if (lua_getmetatable(L_, index)) {
        lua_rawgetp(L_, LUA_REGISTRYINDEX, &object_mark);
        marked = lua_rawequal(L_, -1, -2);
        lua_pop(L_, 2);
    }
    if (marked && is_array) return refuse(place, "a table marked by fk.object has integer keys");
    Crossing outcome;
    if (!count(size, 0, place, &outcome)) return outcome;
    if (is_array || (size == 0 && !marked)) return array(index, size, place, depth, out);
    return object(index, size, place, depth, out);
}

Crossing FromLua::array(int index, size_t size, const Place &place, int depth,
                        fk_value *out) noexcept {
    auto *items = arena_.array<fk_value>(size);
    if (!items) return Crossing::OutOfMemory;
    for (size_t i = 0; i < size; i++) {
        lua_rawgeti(L_, index, static_cast<lua_Integer>(i) + 1);
        const Crossing outcome =
            convert(lua_gettop(L_), Place{&place, {}, i}, depth + 1, &items[i]);
        lua_pop(L_, 1);
        if (outcome != Crossing::Ok) return outcome;
    }
    *out = FK_ITEMS(items, size);
    return Crossing::Ok;
}

Crossing FromLua::object(int index, size_t size, const Place &place, int depth,
                         fk_value *out) noexcept {
    auto *members = arena_.array<fk_member>(size);
    if (!members) return Crossing::OutOfMemory;
    fk_member *member = members;
    for (lua_pushnil(L_); lua_next(L_, index); lua_pop(L_, 1), member++) {
        Crossing outcome = text(lua_gettop(L_) - 1, place, depth + 1, &member->name);
        if (outcome == Crossing::Ok && !is_plain_text(text_of(member->name)))
            outcome = refuse(place, "a key that is not UTF-8 without NUL cannot cross");
        if (outcome == Crossing::Ok)
            outcome = convert(lua_gettop(L_), Place{&place, text_of(member->name), 0}, depth + 1,
                              &member->value);
        if (outcome != Crossing::Ok) return lua_pop(L_, 2), outcome;
    }
    *out = FK_MEMBERS(members, size);
    return Crossing::Ok;
}

} // namespace fkvm
