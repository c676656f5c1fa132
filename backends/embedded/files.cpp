// SPDX-License-Identifier: MIT
// What scripts ask about paths.
#include "base/files.h"
#include "base/folder.h"
#include "base/paths.h"
#include "library.h"
#include "paths.h"
#include "runtime.h"

#include <cstring>

namespace fkvm {
namespace {

void push_text(lua_State *L) {
    const std::string &text = Runtime::of(L).text();
    lua_pushlstring(L, text.data(), text.size());
}

int pwd(lua_State *L) {
    lua_pushstring(L, Runtime::of(L).directory().c_str());
    return 1;
}

bool is_folder(const FilePlace &place) {
    FileStatus status;
    return !place.error && file_status(place.path.c_str(), &status) &&
           status.kind == FileKind::Folder;
}

// Returns true, or nil and a message.
int cd(lua_State *L) {
    const char *path = path_argument(L, 1);
    bool good = false;
    without_throwing(L, [&] {
        auto target =
            absolute(L, path); // by the name that was asked for: ".." leads out of a link again
        if (target.back() == '/' && folder_of(target) != target) target.pop_back();
        good = is_folder(locate(L, path));
        if (good) Runtime::of(L).directory() = target;
    });
    if (!good)
        return lua_pushnil(L), lua_pushfstring(L, "cannot change to the directory '%s'", path), 2;
    return lua_pushboolean(L, 1), 1;
}

int exists(lua_State *L) {
    const char *path = path_argument(L, 1);
    bool is_there = false;
    without_throwing(L, [&] {
        FileStatus status;
        const FilePlace place = locate(L, path);
        is_there = !place.error && file_status(place.path.c_str(), &status);
    });
    return lua_pushboolean(L, is_there), 1;
}

int is_dir(lua_State *L) {
    const char *path = path_argument(L, 1);
    bool is_it = false;
    without_throwing(L, [&] { is_it = is_folder(locate(L, path)); });
    return lua_pushboolean(L, is_it), 1;
}

// Sorted names; an error if the directory cannot be read.
int ls(lua_State *L) {
    const char *path = lua_isnoneornil(L, 1) ? "." : path_argument(L, 1);
    int error = 0;
    without_throwing(L, [&] {
        std::string &text = Runtime::of(L).text();
        text.clear();
        const FilePlace place = locate(L, path, true);
        error = place.error;
        if (error) return;
        for (const std::string &name : names_in(place.path, &error))
            text.append(name.c_str(), name.size() + 1);
    });
    if (error) return luaL_error(L, "cannot list the directory '%s'", path);
    push_text(L); // stays on the stack: a finalizer may list another
    size_t size;
    const char *next = lua_tolstring(L, -1, &size);
    const char *const end = next + size;
    lua_newtable(L);
    for (lua_Integer i = 1; next != end; i++) {
        lua_pushstring(L, next);
        next += std::strlen(next) + 1;
        lua_rawseti(L, -2, i);
    }
    return 1;
}

} // namespace

void add_files(lua_State *L) {
    const luaL_Reg functions[] = {{"cd", cd},         {"ls", ls},        {"pwd", pwd},
                                  {"exists", exists}, {"isDir", is_dir}, {nullptr, nullptr}};
    lua_pushglobaltable(L);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}

} // namespace fkvm
