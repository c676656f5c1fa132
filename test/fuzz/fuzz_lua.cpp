// SPDX-License-Identifier: MIT
// Lua -> value -> JSON -> value -> Lua -> value: the input is a small program that builds a Lua
// value. What crosses comes back equal; what does not is refused with its place; memory may end at
// any allocation of Lua.
#include "convert.h"
#include "target.h"
#include "wire/json.h"
#include "wire/value.h"

using namespace fkvm;

namespace {

struct Trip {
    Choices choices;
    Arena arena;
    fk_value first, last;
    const char *refusal = nullptr;
    Buffer json;
    size_t values = 1; // about
    bool crossed = false, came_back = false;
};

size_t allocations_left;

void *allocate(void *, void *block, size_t, size_t size) {
    if (size == 0) return std::free(block), nullptr;
    if (allocations_left == 0) return nullptr;
    allocations_left--;
    return std::realloc(block, size);
}

void push_mark(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &object_mark); }
int nothing(lua_State *) { return 0; }

// Index 1 stays: the value. Every step replaces it or puts it into something.
void step(lua_State *L, Trip &trip) {
    Choices &choices = trip.choices;
    switch (const uint8_t what = choices.byte() % 22; what) {
    case 0:
        lua_pushnil(L);
        break;
    case 1:
        lua_pushboolean(L, choices.byte() & 1);
        break;
    case 2:
        lua_pushinteger(L, choices.number<int64_t>());
        break;
    case 3:
        lua_pushnumber(L, choices.number<double>());
        break;
    case 4: {
        const std::string_view text = choices.text(choices.byte());
        lua_pushlstring(L, text.data(), text.size());
        break;
    }
    case 5:
        lua_newtable(L);
        break;
    case 6:
        push_null(L);
        break;
    case 7:
        lua_pushcfunction(L, nothing);
        break;
    case 8:
        lua_pushlightuserdata(L, L);
        break;
    case 9:
        lua_newuserdatauv(L, 1, 0);
        break;
    case 10:
        lua_newthread(L);
        break;
    case 11: // an array of it
        lua_createtable(L, 1, 0);
        lua_pushvalue(L, 1);
        lua_rawseti(L, -2, 1);
        break;
    case 12: { // an array of many of it
        const int n = choices.byte();
        if ((trip.values *= static_cast<size_t>(n) + 1) > 1'000)
            return; // limits have their own test
        lua_createtable(L, n, 0);
        for (int i = 1; i <= n; i++) {
            lua_pushvalue(L, 1);
            lua_rawseti(L, -2, i);
        }
        break;
    }
    case 13: { // an object of it
        const std::string_view name = choices.text(choices.byte() % 16);
        lua_newtable(L);
        lua_pushlstring(L, name.data(), name.size());
        lua_pushvalue(L, 1);
        lua_rawset(L, -3);
        break;
    }
    case 14: { // deep in arrays
        lua_pushvalue(L, 1);
        for (int n = choices.byte(); n > 0; n--) {
            lua_createtable(L, 1, 0);
            lua_insert(L, -2);
            lua_rawseti(L, -2, 1);
        }
        break;
    }
    default: // into the table that is there
        if (!lua_istable(L, 1)) return lua_pushvalue(L, 1), lua_replace(L, 1);
        lua_pushvalue(L, 1);
        switch (what) {
        case 15:
            lua_pushinteger(L, choices.byte()),
                lua_rawseti(L, -2, static_cast<lua_Integer>(lua_rawlen(L, -2)) + 1);
            break;
        case 16:
            lua_pushboolean(L, 1), lua_rawseti(L, -2, choices.number<int16_t>());
            break;
        case 17:
            lua_pushvalue(L, -1),
                lua_rawseti(L, -2, static_cast<lua_Integer>(lua_rawlen(L, -2)) + 1);
            break; // a cycle
        case 18:
            push_mark(L), lua_setmetatable(L, -2);
            break;
        case 19:
            lua_newtable(L), lua_setmetatable(L, -2);
            break;
        case 20:
            lua_pushinteger(L, 1), lua_rawsetp(L, -2, L);
            break; // an odd key
        case 21: {
            const std::string_view name = choices.text(choices.byte() % 8);
            lua_pushlstring(L, name.data(), name.size());
            lua_pushnumber(L, 0.5);
            lua_rawset(L, -3);
            break;
        }
        }
    }
    lua_replace(L, 1);
}

bool cross(lua_State *L, Trip &trip, fk_value *out) {
    const int top = lua_gettop(L);
    static const fk_vm_options limits = [] {
        fk_vm_options options = FK_VM_OPTIONS_INIT;
        options.max_values = 4'000'000;
        options.max_message = 256u << 20;
        return options;
    }();
    FromLua from(L, trip.arena, limits);
    const Crossing outcome = from.value(1, "params", 3, out);
    require(lua_gettop(L) == top);
    if (outcome == Crossing::Ok) return true;
    require(outcome == Crossing::BadValue);
    trip.refusal = from.message();
    return false;
}

int travel(lua_State *L) {
    Trip &trip = *static_cast<Trip *>(lua_touserdata(L, 1));
    lua_pushnil(L);
    lua_replace(L, 1);
    for (int steps = 0; trip.choices.more() && steps < 64; steps++) step(L, trip);
    if (!cross(L, trip, &trip.first)) return 0;
    trip.crossed = true;
    require(check_value(trip.first, "value", nullptr));
    require(write_json(trip.json, trip.first));
    fk_value read;
    JsonError error;
    require(read_json(trip.json.view(), trip.arena, {}, &read, &error));
    require(equal_values(trip.first, read));
    push_value(L, read);
    lua_replace(L, 1);
    require(cross(L, trip, &trip.last));
    require(equal_values(trip.first, trip.last));
    trip.came_back = true;
    return 0;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Trip trip{Choices(data, size), Arena(), {}, {}};
    const uint8_t budget = trip.choices.byte();
    allocations_left = SIZE_MAX;
    lua_State *L = lua_newstate(allocate, nullptr);
    require(L);
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &object_mark);
    lua_pushcfunction(L, travel);
    lua_pushlightuserdata(L, &trip);
    if (budget < 128) allocations_left = budget;
    const int status = lua_pcall(L, 1, 0, 0);
    require(status == LUA_OK || status == LUA_ERRMEM || budget < 128);
    if (status == LUA_OK)
        require(trip.crossed ? trip.came_back : std::strncmp(trip.refusal, "params[3]", 9) == 0);
    lua_close(L);
    return 0;
}
