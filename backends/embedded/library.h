// SPDX-License-Identifier: MIT
// Puts the fk library into a Lua state: the C part (`native`) and the Lua part of bindings/lua.
#pragma once

#include <lua.hpp>

namespace fkvm {

void install_library(lua_State *L); // raises Lua errors
void renew(lua_State *L);           // in a copy of a template: random generators, fk.on_fork()
void open_hooks(lua_State *L);      // fk.on_open()

// Loads the file of that path, relative to the VM's directory, as text. Pushes the chunk and
// returns true, or pushes a message.
bool load_file(lua_State *L, const char *path);
// Or pushes why not, "" where there is no such file.
bool is_readable(lua_State *L, const char *path);

void add_files(lua_State *L);     // the globals cd, ls, pwd, exists, isDir
void add_loading(lua_State *L);   // loadfile, dofile
void add_searchers(lua_State *L); // package.searchers, searchpath, loadlib

// print, what the library os has of files and commands, io.popen. To the table on top of the stack:
// refuse() and no_debugger(), which make functions in place of Lua's.
void add_process_functions(lua_State *L);

} // namespace fkvm
