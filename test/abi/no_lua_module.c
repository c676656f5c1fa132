/* SPDX-License-Identifier: MIT */
/* A library in C that a script requires though it calls nothing of Lua's. */
__attribute__((visibility("default"))) int luaopen_no_lua_module(void *L);
int luaopen_no_lua_module(void *L) {
    (void)L;
    return 0;
}
