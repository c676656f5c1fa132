// SPDX-License-Identifier: MIT
// How `require` finds files from the VM's own directory. The searchers of C modules and
// package.loadlib are for `trusted`: below it sandbox.lua leaves none.
#include "library.h"
#include "lua_own.h"
#include "paths.h"
#include "runtime.h"
#include "which_lua.h"

#include <cstring>

namespace fkvm {
namespace {

// Pushes the first file that can be read and returns its name; or pushes what was tried.
const char *search(lua_State *L, const char *name, const char *path, const char *separator,
                   const char *replacement) {
    luaL_checkstack(L, 8, "for a module");
    if (*separator) name = luaL_gsub(L, name, separator, replacement);
    const char *const names = luaL_gsub(L, path, LUA_PATH_MARK, name);
    lua_pushliteral(L, "");
    const int tried = lua_gettop(L);
    for (const char *next = names; *next;) {
        const char *const end = next + std::strcspn(next, LUA_PATH_SEP);
        const char *const file = lua_pushlstring(L, next, static_cast<size_t>(end - next));
        if (is_readable(L, file)) return file;
        lua_pushfstring(L, "%s%sno file '%s'%s", lua_tostring(L, tried),
                        next == names ? "" : "\n\t", file, lua_tostring(L, -1));
        lua_replace(L, tried);
        lua_settop(L, tried);
        next = *end ? end + 1 : end;
    }
    if (!*names) lua_pushliteral(L, "no file ''");
    return nullptr;
}

int search_path(lua_State *L) {
    const char *name = luaL_checkstring(L, 1), *path = luaL_checkstring(L, 2);
    const char *separator = luaL_optstring(L, 3, "."), *replacement = luaL_optstring(L, 4, "/");
    if (search(L, name, path, separator, replacement)) return 1;
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
}

// Upvalue 1: the table `package`. field: path or cpath.
const char *search_field(lua_State *L, const char *name, const char *field) {
    lua_getfield(L, lua_upvalueindex(1), field);
    const char *path = lua_tostring(L, -1);
    if (!path) luaL_error(L, "'package.%s' must be a string", field);
    return search(L, name, path, ".", "/");
}

int fail_to_load(lua_State *L, const char *name, const char *file) {
    return luaL_error(L, "error loading module '%s' from file '%s':\n\t%s", name, file,
                      lua_tostring(L, -1));
}

int search_lua(lua_State *L) {
    const char *name = luaL_checkstring(L, 1);
    const char *file = search_field(L, name, "path");
    if (!file) return 1;
    if (!load_file(L, file)) return fail_to_load(L, name, file);
    lua_pushstring(L, file);
    return 2;
}

void push_absolute(lua_State *L, const char *path) {
    std::string &text = Runtime::of(L).text();
    without_throwing(L, [&] { text = absolute(L, path); });
    lua_pushlstring(L, text.data(), text.size());
}

// Lua's package.loadlib, on top of the stack, is called for the function luaopen_NAME of a file:
// pushes it; or a message and "open" or "init".
bool push_opener_of(lua_State *L, const char *file, const char *name, size_t size) {
    lua_pushvalue(L, lua_upvalueindex(2));
    push_absolute(L, file);
    lua_pushlstring(L, name, size);
    lua_pushfstring(L, "luaopen_%s", luaL_gsub(L, lua_tostring(L, -1), ".", "_"));
    lua_insert(L, -3);
    lua_pop(L, 2);
    lua_call(L, 2, 3);
    if (lua_isnil(L, -3)) return false;
    lua_pop(L, 2);
    return true;
}

// A hyphen ends the name; where that one is missing, it began it in older Luas.
bool push_loader(lua_State *L, const char *file, const char *name) {
    const char *const mark = std::strchr(name, '-');
    if (!mark) return push_opener_of(L, file, name, std::strlen(name));
    if (push_opener_of(L, file, name, static_cast<size_t>(mark - name))) return true;
    if (std::strcmp(lua_tostring(L, -1), "init") != 0) return false;
    return push_opener_of(L, file, mark + 1, std::strlen(mark + 1));
}

// A C module in a file of the whole name, or of its first part.
int search_c(lua_State *L, const char *name, const char *file_name) {
    const char *file = search_field(L, file_name, "cpath");
    if (!file) return 1;
    if (push_loader(L, file, name)) return lua_pushstring(L, file), 2;
    const bool is_missing = std::strcmp(lua_tostring(L, -1), "init") == 0;
    lua_pop(L, 1);
    if (!is_missing || name == file_name) return fail_to_load(L, name, file);
    lua_pushfstring(L, "no module '%s' in file '%s'", name, file);
    return 1;
}

int search_whole(lua_State *L) {
    const char *name = luaL_checkstring(L, 1);
    return search_c(L, name, name);
}

int search_root(lua_State *L) {
    const char *name = luaL_checkstring(L, 1), *end = std::strchr(name, '.');
    if (!end) return 0;
    return search_c(L, name, lua_pushlstring(L, name, static_cast<size_t>(end - name)));
}

// Upvalue: Lua's own. Without a slash it is the name of a library of the system.
int load_by_path(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    lua_settop(L, 2);
    if (std::strpbrk(path, LUA_DIRSEP "/")) {
        push_absolute(L, path_argument(L, 1));
        lua_replace(L, 1);
    }
    return call_own(L);
}

// nullptr: out of memory.
const HiddenLua *hidden_lua() noexcept try {
    static const HiddenLua hidden = lua_hidden_from_modules();
    return &hidden;
} catch (...) {
    return nullptr;
}

// Windows says it in the language of its user, and of no function.
bool may_lack_lua(const char *problem) noexcept {
    return *LUA_DIRSEP == '\\' || std::strstr(problem, "symbol");
}

// Upvalue: Lua's own. A module would call a Lua that is not this one, and crash; or none, and the
// system says only which function is missing.
int load_without_lua(lua_State *L) {
    const HiddenLua &hidden = *hidden_lua();
    if (hidden.another) {
        lua_pushnil(L);
        lua_pushstring(L, hidden.why.c_str());
        return lua_pushliteral(L, "open"), 3;
    }
    if (call_own(L) == 1) return 1;
    if (!may_lack_lua(lua_tostring(L, -2))) return 3;
    lua_pushfstring(L, "%s. %s", lua_tostring(L, -2), hidden.why.c_str());
    lua_replace(L, -3);
    return 3;
}

void guard_modules(lua_State *L, int package) {
    if (Runtime::of(L).restricted()) return;
    const HiddenLua *const hidden = hidden_lua();
    if (!hidden) luaL_error(L, "out of memory");
    if (hidden->why.empty()) return;
    replace_own(L, package, "loadlib", load_without_lua);
}

} // namespace

void add_searchers(lua_State *L) {
    const int top = lua_gettop(L), package = top + 1, searchers = top + 2;
    lua_getglobal(L, LUA_LOADLIBNAME);
    guard_modules(L, package);
    lua_getfield(L, package, "searchers");
    const lua_CFunction functions[] = {search_lua, search_whole, search_root};
    const int count = Runtime::of(L).restricted() ? 1 : 3;
    for (int i = 0; i < count; i++) {
        lua_pushvalue(L, package);
        if (i) lua_getfield(L, package, "loadlib");
        lua_pushcclosure(L, functions[i], i ? 2 : 1);
        lua_rawseti(L, searchers, i + 2);
    }
    lua_pushcfunction(L, search_path);
    lua_setfield(L, package, "searchpath");
    replace_own(L, package, "loadlib", load_by_path);
    lua_settop(L, top);
}

} // namespace fkvm
