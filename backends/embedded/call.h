// SPDX-License-Identifier: MIT
// One protected call into Lua: what goes in, and what came of it.
#pragma once

#include "base/arena.h"
#include "fk_backend.h"

#include <lua.hpp>

namespace fkvm {

// Lives on the caller's stack while Lua runs; plain data, so that a longjmp may pass over it.
struct CallData {
    const char *method = nullptr;
    const fk_value *params = nullptr;
    fk_value result = {};
    fk_status status = FK_OK;
    bool answers = false;          // the result goes to the host, while Lua still holds it
    bool told = false;             // the host has recorded why it could not take it
    const char *message = nullptr; // in the arena, or static
    const char *traceback = nullptr;
    bool no_memory = false; // outside of Lua, for parameters: if the call fails, then for this
    Arena *arena = nullptr;
    Arena::Mark before_message = {};
};

// A message handler that keeps text and traceback of the error in the runtime's current CallData.
int keep_error(lua_State *L);

// Bodies for lua_pcall, with a CallData as their light userdata argument.
int call_method(lua_State *L);
int load_script(lua_State *L);
int start_script(lua_State *L);
int start_copied_script(lua_State *L);
int collect_garbage(
    lua_State *L); // for about collecting_ns; the result is true at the end of a cycle

constexpr uint64_t collecting_ns = 500'000;

constexpr size_t longest_message = 1 << 16;

} // namespace fkvm
