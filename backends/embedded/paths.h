// SPDX-License-Identifier: MIT
// The one way from what a script calls a path to a file. Paths are relative to the VM's own
// directory, which is a string, not the process's.
#pragma once

#include <cstdio>
#include <lua.hpp>
#include <string>

namespace fkvm {

// The argument as text, converted as Lua converts numbers: what is checked is what is opened.
// Raises an error for other types, and for a NUL, at which the system would cut it.
const char *path_argument(lua_State *L, int index);

// For a path as path_argument() gives it. Throws.
std::string absolute(lua_State *L, const char *path);

// Where a path leads, or why not. What lies outside of the VM's reach looks the same whether it is
// there or not.
struct FilePlace {
    std::string path;
    int error = 0;         // an errno
    const char *note = ""; // to be said behind its text
};

// Below `trusted` without links, and within reach. listed: the names in that folder count. Throws.
FilePlace locate(lua_State *L, const char *path, bool listed = false);

// Opens it for reading: below `trusted` nothing but a regular file that no kernel makes up.
// mode is one of Lua's for reading. nullptr: place->error.
std::FILE *open_to_read(lua_State *L, FilePlace *place, const char *mode) noexcept;

// C++ objects must be gone before a Lua error is raised, even one for want of memory: the work is
// done in functions that return, the pushing and raising in those that Lua calls. A text waits in
// the runtime in between. The work must not raise.
template <class Work>
void without_throwing(lua_State *L, Work work) {
    bool failed = false;
    try {
        work();
    } catch (...) {
        failed = true;
    }
    if (failed) luaL_error(L, "out of memory, or a path that cannot be used");
}

} // namespace fkvm
