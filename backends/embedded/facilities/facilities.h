/* SPDX-License-Identifier: MIT */
/* C facilities for Lua code, each a plain Lua library without any state of its own. */
#pragma once

#include <lua.hpp>

extern "C" {
int fk_open_qrandom(lua_State *L); /* pushes the constructor QRandomGenerator(seed) */
int fk_open_cbor(lua_State *L);    /* the module fk.cbor */
int fk_open_json(lua_State *L);    /* the module fk.json */
}

namespace fk {
/* Pushes the opener of a built-in module (fk.cbor, fk.json); false: there is none of that name. */
bool push_module_opener(lua_State *L, const char *module);
} // namespace fk
