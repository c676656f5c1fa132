/* SPDX-License-Identifier: MIT */
/* One file has many spellings on Windows, and some names are no files. None leads a confined script out of its
 * folders; those within are the file that they name. Elsewhere they are plain names. */
#include "contract.h"

#include <stdio.h>
#include <string.h>

static fk_vm *open_vm(uint32_t level) {
    fk_vm_options options = contract_options("paths.lua");
    options.sandbox = level;
    return contract_open_with(&options);
}

/* Whether a script can tell that something is there, in any way. */
static bool is_seen(fk_vm *vm, const char *path) {
    static const char *const methods[] = {"there", "is_folder", "go"};
    const fk_value text = FK_STR(path);
    bool seen = false;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        fk_value *answer = NULL;
        if (fk_vm_call(vm, methods[i], &FK_ARRAY(((const fk_value[]){text})), &answer) == FK_OK)
            seen = seen || (answer->kind == FK_BOOL && answer->integer);
        fk_value_free(answer);
    }
    return seen;
}

static bool is_read(fk_vm *vm, const char *path) {
    fk_value *answer = NULL;
    const fk_value text = FK_STR(path);
    const fk_status status = fk_vm_call(vm, "open", &FK_ARRAY(((const fk_value[]){text})), &answer);
    const bool refused = status != FK_OK || answer->kind != FK_STRING ||
                         strncmp(answer->string, "refused: ", 9) == 0;
    fk_value_free(answer);
    return !refused;
}

static const char *const out[] = {"..\\contract.c",
                                  "..\\scripts\\..\\contract.c",
                                  "sub\\..\\..\\contract.c",
                                  "../contract.c",
                                  "\\windows\\win.ini",
                                  "C:\\windows\\win.ini",
                                  "c:/windows/win.ini",
                                  "C:win.ini",
                                  "C:",
                                  "C:..",
                                  "\\\\?\\C:\\windows\\win.ini",
                                  "\\\\.\\C:\\windows\\win.ini",
                                  "//?/C:/windows/win.ini",
                                  "\\??\\C:\\windows\\win.ini",
                                  "\\\\localhost\\C$\\windows\\win.ini",
                                  "//./pipe/x",
                                  "\\\\.\\PhysicalDrive0",
                                  "\\\\.\\NUL",
                                  "NUL",
                                  "nul",
                                  "NUL.lua",
                                  "nul .txt",
                                  "CON",
                                  "con.lua",
                                  "AUX",
                                  "PRN",
                                  "COM1",
                                  "com1.lua",
                                  "LPT9.x",
                                  "COM\xC2\xB9",
                                  "CONIN$",
                                  "conout$",
                                  "paths.lua::$DATA",
                                  "paths.lua:stream",
                                  "..::$INDEX_ALLOCATION",
                                  ".:x",
                                  "paths.lua.",
                                  "paths.lua ",
                                  "paths.lua. .",
                                  "sub\\NUL",
                                  "sub/aux.txt",
                                  "pa*hs.lua",
                                  "path?.lua",
                                  "paths.lua\"",
                                  "<",
                                  "paths.lua|",
                                  "a\x01",
                                  "\xFF\xFE",
                                  "\xC0\xAE\xC0\xAE/contract.c"};

static void lead_nowhere(void **state) {
    (void)state;
    fk_vm *vm = open_vm(FK_SANDBOX_GAME);
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        if (is_read(vm, out[i]) || is_seen(vm, out[i])) fail_msg("a script reaches '%s'", out[i]);
    contract_close(vm);
}

#ifdef _WIN32
/* Any case, either separator, with its drive or without. */
static void name_one_file(void **state) {
    (void)state;
    char whole[600], backwards[600];
    snprintf(whole, sizeof whole, "%s/paths.lua", scripts_directory());
    snprintf(backwards, sizeof backwards, "%s", whole);
    for (char *c = backwards; *c; c++) *c = *c == '/' ? '\\' : *c;
    const char *const within[] = {"paths.lua", "PATHS.LUA", ".\\paths.lua", "./Paths.Lua",
                                  whole,       backwards,   backwards + 2,  "sub\\..\\paths.lua"};
    fk_vm *vm = open_vm(FK_SANDBOX_GAME);
    for (size_t i = 0; i < sizeof within / sizeof *within; i++)
        if (!is_read(vm, within[i])) fail_msg("a script cannot read '%s'", within[i]);
    contract_close(vm);
}

static void no_child_processes(void **state) {
    (void)state;
    fk_vm_options options = contract_options("paths.lua");
    options.backend = "process";
    contract_open_fails(&options, FK_NO_BACKEND, "process", "there are: embedded", NULL);
}
#endif

static const struct CMUnitTest tests[] = {
#ifdef _WIN32
    TEST(name_one_file), TEST(no_child_processes),
#endif
    TEST(lead_nowhere)};
TOPIC(spellings, tests);
