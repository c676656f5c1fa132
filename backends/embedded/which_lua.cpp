// SPDX-License-Identifier: MIT
#include "which_lua.h"

#include <dlfcn.h>
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

const char *file_of(const void *address) {
    Dl_info found;
    return dladdr(address, &found) && found.dli_fname ? found.dli_fname : "another library";
}

} // namespace

std::string mixed_lua() {
    Dl_info here, there;
    if (!dladdr(ours.address, &here)) return {};
    for (const Function &other : others) {
        if (!dladdr(other.address, &there) || there.dli_fbase == here.dli_fbase) continue;
        return std::string("this process has two Luas: ") + ours.name + " is that of " +
               here.dli_fname + ", " + other.name + " that of " + there.dli_fname +
               ". Use a libfkvm with Lua inside (built with -Dlua_source=FOLDER) or the backend "
               "process, or do not export the second (link it without -rdynamic or -Wl,-E, or with "
               "-Wl,--exclude-libs)";
    }
    return {};
}

void show_lua_to_modules() noexcept {
    static const bool once = [] {
        Dl_info lua;
        return dladdr(ours.address, &lua) && lua.dli_fname &&
               ::dlopen(lua.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL);
    }();
    static_cast<void>(once);
}

std::string lua_hidden_from_modules() {
    std::vector<Function> all(std::begin(others), std::end(others));
    all.push_back(ours);
    for (const Function &function : all) {
        const void *theirs = ::dlsym(RTLD_DEFAULT, function.name);
        if (theirs == function.address) continue;
        return std::string("C modules cannot be loaded by this VM: its Lua is inside ") +
               file_of(ours.address) + " and hidden" +
               (theirs ? std::string(", and they would find that of ") + file_of(theirs) : "") +
               ". Use the backend process, or a libfkvm that was built without -Dlua_source";
    }
    return {};
}

} // namespace fkvm
