// SPDX-License-Identifier: MIT
#include "which_lua.h"

#include "base/dynamic_library.h"

#include <iterator>
#include <lua.hpp>
#include <vector>

namespace fkvm {
namespace {

struct Function {
    const char *name;
    void *address;
};

#define FK_LUA_FUNCTION(name)                                                                      \
    { #name, (void *)&(name) }

// Only Lua 5.4 has it; other Luas have most of those below.
const Function ours = FK_LUA_FUNCTION(lua_setwarnf);
const Function others[] = {FK_LUA_FUNCTION(lua_newstate),      FK_LUA_FUNCTION(lua_close),
                           FK_LUA_FUNCTION(lua_settop),        FK_LUA_FUNCTION(lua_pushstring),
                           FK_LUA_FUNCTION(lua_tolstring),     FK_LUA_FUNCTION(lua_rawset),
                           FK_LUA_FUNCTION(lua_pcallk),        FK_LUA_FUNCTION(lua_resume),
                           FK_LUA_FUNCTION(luaL_openlibs),     FK_LUA_FUNCTION(luaL_ref),
                           FK_LUA_FUNCTION(luaL_checklstring), FK_LUA_FUNCTION(luaL_setfuncs)};

#undef FK_LUA_FUNCTION

std::string name_of(const LoadedFrom &library) {
    return library.file.empty() ? "another library" : library.file;
}

} // namespace

std::string mixed_lua() {
    const LoadedFrom here = loaded_from(ours.address);
    if (!here.base) return {};
    for (const Function &other : others) {
        const LoadedFrom there = loaded_from(other.address);
        if (!there.base || there.base == here.base) continue;
        return std::string("this process has two Luas: ") + ours.name + " is that of " + here.file +
               ", " + other.name + " that of " + there.file +
               ". Use a libfkvm with Lua inside (built with -Dlua_source=FOLDER) or the backend "
               "process, or do not export the second (link it without -rdynamic or -Wl,-E, or with "
               "-Wl,--exclude-libs)";
    }
    return {};
}

void show_lua_to_modules() noexcept try {
    static const bool once = show_to_others(loaded_from(ours.address));
    static_cast<void>(once);
} catch (...) { // out of memory: the first module says so
}

HiddenLua lua_hidden_from_modules() {
    std::vector<Function> all(std::begin(others), std::end(others));
    all.push_back(ours);
    HiddenLua hidden;
    for (const Function &function : all) {
        const void *theirs = shown_symbol(function.name);
        if (theirs == function.address || (!theirs && !hidden.why.empty())) continue;
        hidden.another = theirs != nullptr;
        hidden.why =
            std::string("C modules cannot be loaded by this VM: its Lua is inside ") +
            name_of(loaded_from(ours.address)) + " and hidden" +
            (theirs ? ", and they would find that of " + name_of(loaded_from(theirs)) : "") +
            ". Use the backend process, or a libfkvm that was built without -Dlua_source";
        if (theirs) break;
    }
    return hidden;
}

} // namespace fkvm
