/* SPDX-License-Identifier: MIT */
/* A program that holds and exports a whole Lua 5.1, and opens an embedded VM. With Lua inside
 * libfkvm both work; else the open says why not, and nothing crashes. The arguments: `inside` or
 * `outside`, the script, and the folder of a C module. */
#include <fk_vm.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <stdio.h>
#include <string.h>

static int check(int holds, const char *what) {
    if (!holds) fprintf(stderr, "%s; the last error: %s\n", what, fk_error_last()->message);
    return holds;
}

static int own_lua_works(void) {
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    const int works = luaL_dostring(L, "return _VERSION .. ' ' .. tostring(setfenv ~= nil)") == 0 &&
                      strcmp(lua_tostring(L, -1), "Lua 5.1 true") == 0;
    lua_close(L);
    return check(works, "the program's own Lua fails");
}

static int answers(fk_vm *vm, const char *method, fk_value params, const char *wanted) {
    fk_value *result = NULL;
    char *text = NULL;
    const int right = fk_vm_call(vm, method, &params, &result) == FK_OK &&
                      fk_value_to_json(result, &text, NULL) == FK_OK && strstr(text, wanted);
    if (!right) fprintf(stderr, "%s answered %s\n", method, text ? text : "nothing");
    fk_text_free(text);
    fk_value_free(result);
    return right;
}

static int vm_works(fk_vm *vm, const char *folder) {
    const fk_value numbers[] = {FK_INT(40), FK_INT(2)};
    const fk_value none = FK_ITEMS(NULL, 0), folders[] = {FK_STR(folder)};
    return answers(vm, "Add", FK_ARRAY(numbers), "42") &&
           answers(vm, "Version", none, "\"Lua 5.4 integer\"") &&
           answers(vm, "Module", FK_ARRAY(folders),
                   "C modules cannot be loaded by this VM: its Lua is inside") &&
           answers(vm, "Module", FK_ARRAY(folders), "they would find that of") &&
           check(fk_vm_close(vm) == FK_OK, "closing fails");
}

static int list_tells(void) {
    fk_value *list = NULL;
    char *text = NULL;
    const int tells = fk_backend_list(&list) == FK_OK &&
                      fk_value_to_json(list, &text, NULL) == FK_OK && strstr(text, "Lua 5.4.") &&
                      strstr(text, "inside libfkvm");
    if (!tells) fprintf(stderr, "the list of backends: %s\n", text);
    fk_text_free(text);
    fk_value_free(list);
    return tells;
}

int main(int argc, char **argv) {
    if (argc < 4 || !own_lua_works()) return 2;
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "embedded";
    options.script = argv[2];
    options.sandbox = FK_SANDBOX_TRUSTED;
    fk_vm *vm = NULL;
    const fk_status status = fk_vm_open(&options, &vm);
    if (strcmp(argv[1], "outside") == 0)
        return !(
            check(status == FK_NO_BACKEND, "the open must be refused") &&
            check(strstr(fk_error_last()->message, "two Luas") != NULL, "no word of two Luas") &&
            check(strstr(fk_error_last()->message, "lua_source") != NULL,
                  "no word of the option") &&
            own_lua_works());
    return !(check(status == FK_OK, "the open fails") && vm_works(vm, argv[3]) && own_lua_works() &&
             list_tells());
}
