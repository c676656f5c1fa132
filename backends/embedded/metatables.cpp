// SPDX-License-Identifier: MIT
#include "metatables.h"

#include <new>
#include <unordered_set>

namespace fkvm {
namespace {

constexpr int deepest = 180; // nested deeper than that nothing is looked at; C may nest 200 deep
constexpr int needed = 8;    // slots of the stack

// What is reachable, once each.
class Walk {
  public:
    // instances: the index of a table, which gets one of each metatable.
    void begin(lua_State *L, int instances) noexcept {
        L_ = L;
        instances_ = instances;
    }

    // The value on top, which it pops.
    void visit(int depth) {
        const int type = lua_type(L_, -1);
        const bool holds = type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA;
        if (holds && depth < deepest && seen_.insert(lua_topointer(L_, -1)).second &&
            lua_checkstack(L_, needed))
            look_into(type, depth + 1);
        lua_pop(L_, 1);
    }

  private:
    void look_into(int type, int depth) {
        if (lua_getmetatable(L_, -1)) {
            look_for_all();
            visit(depth);
        }
        if (type == LUA_TTABLE)
            look_into_table(depth);
        else if (type == LUA_TFUNCTION)
            for (int i = 1; lua_getupvalue(L_, -1, i); i++) visit(depth);
        else if (lua_getiuservalue(L_, -1, 1) != LUA_TNONE)
            visit(depth);
        else
            lua_pop(L_, 1);
    }

    // One with __index may become a metatable later.
    void look_into_table(int depth) {
        if (has("__index")) look_for_all();
        lua_pushnil(L_);
        while (lua_next(L_, -2)) {
            visit(depth); // and its key stays
            lua_pushvalue(L_, -1);
            visit(depth);
        }
    }

    bool has(const char *name) {
        lua_pushstring(L_, name);
        const bool there = lua_rawget(L_, -2) != LUA_TNIL;
        lua_pop(L_, 1);
        return there;
    }

    // Does to an instance of the metatable on top what asks for each metamethod that it lacks.
    void look_for_all() {
        if (!looked_.insert(lua_topointer(L_, -1)).second || has("__gc")) return;
        const bool index = has("__index"), newindex = has("__newindex"), length = has("__len"),
                   equal = has("__eq");
        lua_newtable(L_);
        lua_pushvalue(L_, -2);
        lua_setmetatable(L_, -2); // __gc
        if (!index) lua_getfield(L_, -1, "none"), lua_pop(L_, 1);
        if (!newindex) lua_pushnil(L_), lua_setfield(L_, -2, "none");
        if (!length) lua_len(L_, -1), lua_pop(L_, 1);
        if (!equal) lua_compare(L_, -1, instances_, LUA_OPEQ);
        lua_rawseti(L_, instances_, static_cast<lua_Integer>(lua_rawlen(L_, instances_)) + 1);
    }

    lua_State *L_ = nullptr;
    int instances_ = 0;
    std::unordered_set<const void *> seen_, looked_;
};

} // namespace

namespace {

// Exceptions stay in here, and Lua's errors pass nothing that has a destructor.
int run(lua_State *L) {
    Walk &walk = *static_cast<Walk *>(lua_touserdata(L, 1));
    try {
        lua_newtable(L);
        walk.begin(L, lua_gettop(L));
        lua_pushvalue(L, LUA_REGISTRYINDEX);
        walk.visit(0);
        lua_pushliteral(L, "");
        if (lua_getmetatable(L, -1)) walk.visit(0);
    } catch (const std::bad_alloc &) { // what was not looked for costs pages, no more
    }
    lua_settop(L, 2);
    return 1;
}

} // namespace

void look_for_metamethods(lua_State *L) {
    Walk walk;
    lua_pushcfunction(L, run);
    lua_pushlightuserdata(L, &walk);
    lua_pcall(L, 1, 1, 0); // a failure is as good as an empty table
}

} // namespace fkvm
