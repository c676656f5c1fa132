/* SPDX-License-Identifier: MIT */
/* A program that exports some functions of another Lua: the embedded backend says so, and does not
 * crash. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fk_vm.h"

#define EXPORT __attribute__((visibility("default"), noinline))

EXPORT void lua_settop(void *L, int index);
EXPORT void lua_pushstring(void *L, const char *text);
void lua_settop(void *L, int index) { (void)L, (void)index, abort(); }
void lua_pushstring(void *L, const char *text) { (void)L, (void)text, abort(); }

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "embedded";
    options.script = argv[1];
    fk_vm *vm = NULL;
    const fk_status status = fk_vm_open(&options, &vm);
    const char *message = fk_error_last()->message;
    printf("%s: %s\n", fk_status_name(status), message);
    return status == FK_NO_BACKEND && strstr(message, "lua_settop") && strstr(message, "two_luas")
               ? 0
               : 1;
}
