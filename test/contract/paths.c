/* SPDX-License-Identifier: MIT */
/* Every function that takes a path, one by one: it is the VM's, whatever the server's directory is,
 * and a number is one as much as a text. */
#include "contract.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NUMBER "20261127"

static char before[PATH_MAX], base[256];

static const char *in(const char *folder, const char *name) {
    static char text[PATH_MAX + 64];
    snprintf(text, sizeof text, "%s/%s/%s", base, folder, name);
    return text;
}

static void put(const char *folder, const char *name, const char *text) {
    FILE *file = fopen(in(folder, name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* The file holds this; NULL: there is none. */
static void expect_file(const char *folder, const char *name, const char *wanted) {
    char text[256] = "";
    FILE *file = fopen(in(folder, name), "r");
    if (!wanted && file) fail_msg("%s is there", in(folder, name));
    if (!wanted) return;
    if (!file) fail_msg("%s is missing", in(folder, name));
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, wanted);
}

/* The server stands in base/server; in base/vm and in it's sub'folder are files of the same
 * names. */
static fk_vm *open_apart(uint32_t level) {
    static char script[PATH_MAX + 16], directory[PATH_MAX];
    char folder[] = "/tmp/fk_contract_XXXXXX";
    assert_non_null(getcwd(before, sizeof before));
    assert_non_null(realpath(scripts_directory(), script));
    assert_non_null(mkdtemp(folder));
    char *real = realpath(folder, NULL);
    snprintf(base, sizeof base, "%s", real);
    free(real);
    strcat(script, "/paths.lua");
    static const char *const folders[] = {"server", "vm", "vm/it's sub"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(mkdir(in(folders[i], ""), 0700), 0);
        char text[64];
        for (const char *const *name = (const char *const[]){NUMBER, "data", "module.lua", NULL};
             *name; name++) {
            snprintf(text, sizeof text, "return [[of the %s]]", folders[i]);
            put(folders[i], *name, text);
        }
    }
    snprintf(directory, sizeof directory, "%s/vm", base);
    assert_int_equal(chdir(in("server", "")), 0);
    fk_vm_options options = contract_options(script);
    options.directory = directory;
    options.sandbox = level;
    return contract_open_with(&options);
}

static void close_apart(fk_vm *vm) {
    char command[PATH_MAX + 16];
    contract_close(vm);
    for (const char *const *name = (const char *const[]){NUMBER, "data", "module.lua", NULL}; *name;
         name++)
        expect_file("server", *name, "return [[of the server]]");
    int count = 0;
    DIR *folder = opendir(in("server", ""));
    while (readdir(folder)) count++;
    closedir(folder);
    assert_int_equal(count, 2 + 3);
    assert_int_equal(chdir(before), 0);
    snprintf(command, sizeof command, "rm -rf '%s'", base);
    assert_int_equal(system(command), 0);
}

/* The result, as JSON, begins with wanted. */
static void expect_begins(fk_vm *vm, const char *method, const char *params, const char *wanted) {
    fk_value *result = NULL;
    expect_status(call_json(vm, method, params, &result), FK_OK);
    char *json = NULL;
    fk_value_to_json(result, &json, NULL);
    if (strncmp(json, wanted, strlen(wanted)) != 0)
        fail_msg("%s(%s): %s came, %s... was expected", method, params, json, wanted);
    fk_text_free(json);
    fk_value_free(result);
}

static void read_by(fk_vm *vm, const char *path, const char *text, const char *value) {
    char params[128], json[128];
    snprintf(params, sizeof params, "[%s]", path);
    snprintf(json, sizeof json, "\"%s\"", text);
    expect_call(vm, "open", params, json);
    expect_call(vm, "lines", params, json);
    expect_call(vm, "leave_lines", params, "\"closed file\"");
    expect_call(vm, "read_input", params, json);
    snprintf(json, sizeof json, "\"%s\"", value);
    expect_call(vm, "load_file", params, json);
    expect_call(vm, "do_file", params, json);
    expect_call(vm, "there", params, "true");
    expect_call(vm, "is_folder", params, "false");
}

static void readers(void **state) {
    (void)state;
    for (uint32_t level = FK_SANDBOX_GAME; level <= FK_SANDBOX_TRUSTED; level++) {
        fk_vm *vm = open_apart(level);
        read_by(vm, "\"data\"", "return [[of the vm]]", "of the vm");
        read_by(vm, NUMBER, "return [[of the vm]]", "of the vm");
        expect_call(vm, "need", "[\"module\"]", "\"of the vm\"");
        assert_int_equal(mkdir(in("vm", "5"), 0700), 0);
        put("vm/5", "inside", "x");
        expect_call(vm, "list", "[5]", "[\"inside\"]");
        expect_call(vm, "is_folder", "[5]", "true");
        expect_call(vm, "go", "[5]", "true");
        expect_call(vm, "go", "[\"..\"]", "true");
        expect_call(vm, "go", "[\"it's sub\"]", "true");
        read_by(vm, NUMBER, "return [[of the vm/it's sub]]", "of the vm/it's sub");
        close_apart(vm);
    }
}

static void game_writes_nothing(void **state) {
    (void)state;
    fk_vm *vm = open_apart(FK_SANDBOX_GAME);
    static const char *const modes[] = {"w", "a", "r+", "w+", "a+b", "wb"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        char params[64];
        for (const char *const *path = (const char *const[]){NUMBER, "\"" NUMBER "\"", NULL}; *path;
             path++) {
            snprintf(params, sizeof params, "[%s,\"%s\"]", *path, modes[i]);
            expect_begins(vm, "open", params,
                          "\"refused: " NUMBER ": writing files is not allowed");
        }
    }
    expect_begins(vm, "write_output", "[" NUMBER ",\"x\"]", "\"refused: io.output");
    expect_call_fails(vm, "remove", "[" NUMBER "]", FK_SCRIPT_ERROR, "not allowed");
    expect_call_fails(vm, "rename", "[" NUMBER ",5]", FK_SCRIPT_ERROR, "not allowed");
    expect_file("vm", NUMBER, "return [[of the vm]]");
    close_apart(vm);
}

/* The system would end a path at a NUL, behind what was checked. */
static void no_nul(void **state) {
    (void)state;
    fk_vm *vm = open_apart(FK_SANDBOX_TRUSTED);
    static const char *const functions[] = {"open", "lines", "load", "run", "there", "list", "go"};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        char params[64];
        snprintf(params, sizeof params, "[\"%s\",\"data\"]", functions[i]);
        expect_begins(vm, "nul", params, "\"refused: ");
    }
    expect_call(vm, "wrong_mode", NULL, "\"refused: bad argument #2 to 'io.open' (invalid mode)\"");
    close_apart(vm);
}

static void trusted_writes_its_own(void **state) {
    (void)state;
    fk_vm *vm = open_apart(FK_SANDBOX_TRUSTED);
    expect_call(vm, "write", "[\"made\",\"by open\"]", "true");
    expect_file("vm", "made", "by open");
    expect_call(vm, "write", "[7,\"by number\"]", "true");
    expect_file("vm", "7", "by number");
    expect_call(vm, "write_output", "[\"out\",\"by output\"]", "true");
    expect_file("vm", "out", "by output");
    expect_call(vm, "rename", "[\"out\",8]", "true");
    expect_file("vm", "out", NULL);
    expect_file("vm", "8", "by output");
    expect_call(vm, "rename", "[\"none\",8]", "\"refused: No such file or directory\"");
    expect_call(vm, "remove", "[8]", "true");
    expect_file("vm", "8", NULL);
    expect_call(vm, "remove", "[\"data\"]", "true");
    expect_file("vm", "data", NULL);
    expect_call(vm, "remove", "[\"data\"]", "\"refused: data: No such file or directory\"");
    expect_call(vm, "temporary", "[\"x\"]", "\"x\"");
    close_apart(vm);
}

static void commands_start_there(void **state) {
    (void)state;
    fk_vm *vm = open_apart(FK_SANDBOX_TRUSTED);
    expect_call(vm, "by_shell", "[\"echo made>made\"]", "true");
    expect_file("vm", "made", "made\n");
    expect_call(vm, "by_shell", "[\"exit 3\"]", "\"refused: nil\"");
    expect_call(vm, "by_shell", NULL, "true");
#ifndef _WIN32 /* what follows are commands of POSIX */
    expect_call(vm, "shell_says", "[\"cat data\"]", "\"return [[of the vm]]\"");
    expect_call(vm, "to_shell", "[\"cat > piped\",\"by pipe\"]", "true");
    expect_file("vm", "piped", "by pipe");
    expect_call(vm, "go", "[\"it's sub\"]", "true");
    expect_call(vm, "shell_says", "[\"cat data\"]", "\"return [[of the vm/it's sub]]\"");
#endif
    close_apart(vm);
}

static void c_modules(void **state) {
    (void)state;
    fk_vm *vm = open_apart(FK_SANDBOX_TRUSTED);
    assert_int_equal(symlink(FK_CONTRACT_PLUGINS "/libfkvm-no-entry.so", in("vm", "compiled.so")),
                     0);
    expect_call(vm, "loaded_library", "[\"./compiled.so\"]", "\"init\"");
    expect_call(vm, "loaded_library", "[\"./none.so\"]", "\"open\"");
    expect_begins(vm, "need_library", "[\"compiled\",\"./?.so\"]",
                  "\"error loading module 'compiled' from file './compiled.so'");
    expect_begins(vm, "need_library", "[\"compiled.part\",\"./?.so\"]",
                  "\"module 'compiled.part' not found:");
    expect_begins(vm, "need_library", "[\"none\",\"./?.so\"]", "\"module 'none' not found:");
    close_apart(vm);
}

static const struct CMUnitTest tests[] = {TEST(readers),
                                          TEST(game_writes_nothing),
                                          TEST(no_nul),
                                          TEST(trusted_writes_its_own),
                                          TEST(commands_start_there),
                                          TEST(c_modules)};
TOPIC(paths, tests);
