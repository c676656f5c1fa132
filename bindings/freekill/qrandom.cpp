// SPDX-License-Identifier: MIT
// QRandomGenerator for Lua: the numbers that Qt 6 gives for the same seed. Qt seeds a 32-bit
// Mersenne twister through a seed sequence of one word and scales by multiplication: both are in
// <random>'s terms here.

#include <cstdint>
#include <lua.hpp>
#include <new>
#include <random>

namespace {

constexpr const char *type_name = "QRandomGenerator";

std::mt19937 &engine(lua_State *L) {
    return *static_cast<std::mt19937 *>(luaL_checkudata(L, 1, type_name));
}

// [0, range): the upper half of a 64-bit product.
uint32_t scaled(std::mt19937 &twister, uint32_t range) {
    return static_cast<uint32_t>((uint64_t{static_cast<uint32_t>(twister())} * range) >> 32);
}

int generate(lua_State *L) {
    lua_pushinteger(L, static_cast<uint32_t>(engine(L)()));
    return 1;
}

int between(lua_State *L, std::mt19937 &twister, lua_Integer low, lua_Integer end) {
    if (end <= low)
        return luaL_error(L, "QRandomGenerator: nothing lies between %d and %d",
                          static_cast<int>(low), static_cast<int>(end));
    if (end - low > UINT32_MAX)
        return luaL_error(L, "QRandomGenerator: a range of more than 32 bits");
    lua_pushinteger(L, low + scaled(twister, static_cast<uint32_t>(end - low)));
    return 1;
}

int bounded(lua_State *L) {
    std::mt19937 &twister = engine(L);
    return between(L, twister, luaL_checkinteger(L, 2), luaL_checkinteger(L, 3));
}

// random(): 0..1 in steps of 1e-8; random(n): 1..n; random(lo, hi): lo..hi, both included.
int random_number(lua_State *L) {
    std::mt19937 &twister = engine(L);
    const lua_Integer low = luaL_optinteger(L, 2, -1), high = luaL_optinteger(L, 3, -1);
    if (high >= 0) return between(L, twister, low, high + 1);
    if (low >= 1) return between(L, twister, 1, low + 1);
    lua_pushnumber(L, scaled(twister, 100000001u) / 100000000.0);
    return 1;
}

int create(lua_State *L) {
    const auto seed = static_cast<uint32_t>(luaL_optinteger(L, 1, 1));
    void *memory = lua_newuserdatauv(L, sizeof(std::mt19937), 0);
    bool good = true;
    try {
        std::seed_seq sequence{seed};
        new (memory) std::mt19937(sequence);
    } catch (...) {
        good = false;
    }
    if (!good) return luaL_error(L, "out of memory for a random generator");
    luaL_setmetatable(L, type_name); // trivially destructible: no __gc
    return 1;
}

} // namespace

extern "C" int fk_open_qrandom(lua_State *L) {
    const luaL_Reg methods[] = {{"generate", generate},
                                {"bounded", bounded},
                                {"random", random_number},
                                {nullptr, nullptr}};
    if (luaL_newmetatable(L, type_name)) {
        luaL_newlib(L, methods);
        lua_setfield(L, -2, "__index");
    }
    lua_pop(L, 1);
    lua_pushcfunction(L, create);
    return 1;
}
