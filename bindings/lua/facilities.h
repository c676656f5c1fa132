/* SPDX-License-Identifier: MIT */
/* C modules for scripts, each a plain Lua library without any state of its own. */
#pragma once

#include <lua.hpp>

extern "C" {
int fk_open_cbor(lua_State *L); /* the module fk.cbor */
int fk_open_json(lua_State *L); /* the module fk.json */
}
