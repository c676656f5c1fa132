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

// Adds cd, ls, pwd, exists and what else asks for files to the table on top of the stack.
void add_files(lua_State *L);

} // namespace fkvm
