/* SPDX-License-Identifier: MIT */
/* What scripts may reach at each level: the same Lua rules on every backend. What the system adds
 * in a child is tested in test/hostile. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static fk_vm *open_at(uint32_t level) {
    fk_vm_options options = contract_options("sandbox.lua");
    options.sandbox = level;
    return contract_open_with(&options);
}

/* outcome: "done" or "refused"; text: in the result or the reason. */
static void expect_try(fk_vm *vm, const char *method, const char *params, const char *outcome,
                       const char *text) {
    fk_value *result = NULL;
    expect_status(call_json(vm, method, params, &result), FK_OK);
    char *json = NULL;
    fk_value_to_json(result, &json, NULL);
    if (!fk_value_equal(&result->items[0], &FK_STR(outcome)) || !strstr(json, text))
        fail_msg("%s(%s): %s came, %s with '%s' was expected", method, params ? params : "", json,
                 outcome, text);
    fk_text_free(json);
    fk_value_free(result);
}

static void refused_functions(void **state) {
    (void)state;
    static const char *const calls[] = {"[\"os.execute\",\"true\"]",
                                        "[\"os.exit\",0]",
                                        "[\"os.remove\",\"x\"]",
                                        "[\"os.rename\",\"x\",\"y\"]",
                                        "[\"os.tmpname\"]",
                                        "[\"os.setlocale\",\"C\"]",
                                        "[\"io.popen\",\"true\"]",
                                        "[\"io.tmpfile\"]",
                                        "[\"package.loadlib\",\"x.so\",\"*\"]",
                                        "[\"io.output\",\"x\"]",
                                        "[\"io.input\",\"x\"]",
                                        "[\"io.open\",\"x\",\"w\"]",
                                        "[\"io.open\",\"x\",\"a\"]",
                                        "[\"io.open\",\"x\",\"r+\"]",
                                        "[\"io.open\",\"x\",\"rb+\"]",
                                        "[\"io.open\",\"x\",\"w+b\"]",
                                        "[\"io.open\",\"/tmp/x\",\"wb\"]"};
    fk_vm *vm = open_at(FK_SANDBOX_GAME);
    for (size_t i = 0; i < COUNT(calls); i++) expect_try(vm, "call", calls[i], "refused", "");
    expect_try(vm, "call", "[\"os.execute\",\"true\"]", "refused",
               "os.execute is not allowed here");
    expect_try(vm, "by_require", "[\"os\",\"execute\",\"true\"]", "refused", "not allowed");
    expect_try(vm, "by_require", "[\"io\",\"popen\",\"true\"]", "refused", "not allowed");
    static const char *const modules[] = {"[\"io\"]", "[\"os\"]", "[\"debug\"]", "[\"package\"]",
                                          "[\"string\"]"};
    for (size_t i = 0; i < COUNT(modules); i++)
        expect_call(vm, "same_by_require", modules[i], "true");
    expect_try(vm, "without_globals", "[\"io\",\"popen\",\"true\"]", "refused", "not allowed");
    expect_try(vm, "without_globals", "[\"os\",\"execute\",\"true\"]", "refused", "not allowed");
    contract_close(vm);
}

static void no_debug_library(void **state) {
    (void)state;
    fk_vm *vm = open_at(FK_SANDBOX_GAME);
    expect_call(vm, "names_of", "[\"debug\"]", "[\"debug\",\"getinfo\",\"traceback\"]");
    expect_call(vm, "info_has_no_function", NULL, "true");
    expect_call(vm, "traceback_of_coroutine", NULL, "true");
    fk_value *text = NULL;
    expect_status(fk_vm_call(vm, "traceback", NULL, &text), FK_OK);
    assert_non_null(memmem(text->string, text->size, "sandbox.lua", 11));
    fk_value_free(text);
    forget_seen();
    contract_close(vm);
}

static void no_bytecode(void **state) {
    (void)state;
    static const char *const methods[] = {"load_bytecode",     "load_bytecode_in_pieces",
                                          "loadfile_bytecode", "dofile_bytecode",
                                          "require_bytecode",  "dump",
                                          "dump_by_metatable"};
    fk_vm *vm = open_at(FK_SANDBOX_GAME);
    for (size_t i = 0; i < COUNT(methods); i++) expect_try(vm, methods[i], NULL, "refused", "");
    expect_try(vm, "load_bytecode", "[\"b\"]", "refused", "bytecode is not allowed");
    expect_try(vm, "load_bytecode", "[\"bt\"]", "refused", "binary chunk");
    expect_try(vm, "loadfile_bytecode", "[\"b\"]", "refused", "bytecode");
    expect_try(vm, "load_text", NULL, "done", "2");
    expect_try(vm, "require_c", "[\"socket.core\"]", "refused", "not found");
    contract_close(vm);
}

static void forged_messages(void **state) {
    (void)state;
    fk_vm *vm = open_at(FK_SANDBOX_GAME);
    expect_call(vm, "forge", NULL, "\"fine\"");
    expect_seen(
        "print: {\"jsonrpc\":\"2.0\",\"method\":\"mark\",\"params\":[\"forged\"]}\n"
        "print: {\"jsonrpc\":\"2.0\",\"method\":\"mark\",\"params\":[\"forged\"],\"id\":1}\n"
        "print: {\"jsonrpc\":\"2.0\",\"result\":\"forged\",\"id\":1}\n");
    expect_call(vm, "close_streams", NULL, "[\"nil\",\"nil\",\"nil\",\"file\",\"nil\",\"\"]");
    expect_call(vm, "forge", NULL, "\"fine\"");
    contract_close(vm);
}

static void overwritten_globals(void **state) {
    (void)state;
    fk_vm_options options = contract_options("sandbox.lua");
    options.call_timeout = 5000;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "overwrite", NULL, "\"overwritten\"");
    expect_call(vm, "after_overwriting", NULL, "{}");
    expect_call(vm, "ping", NULL, "\"PONG\"");
    expect_call_fails(vm, "no_such_thing", NULL, FK_NO_METHOD, NULL);
    expect_call_fails(vm, "yields", NULL, FK_SCRIPT_ERROR, NULL);
    contract_close(vm);
    vm = open_at(FK_SANDBOX_GAME);
    expect_call(vm, "poison_globals", NULL, "null");
    expect_call(vm, "fine", NULL, "\"fine\"");
    expect_call_fails(vm, "no_such_thing", NULL, FK_NO_METHOD, NULL);
    contract_close(vm);
}

static void yields_across_the_border(void **state) {
    (void)state;
    fk_vm *vm = open_at(FK_SANDBOX_GAME);
    expect_call_fails(vm, "yields", NULL, FK_SCRIPT_ERROR, "yield");
    expect_call_fails(vm, "yields_across_the_host", NULL, FK_SCRIPT_ERROR, "yield");
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static void files_are_readable(void **state) {
    (void)state;
    fk_vm *vm = open_at(FK_SANDBOX_GAME);
    expect_try(vm, "open_file", "[\"sandbox.lua\"]", "done", "file");
    expect_try(vm, "open_file", "[\"tree/one.lua\",\"rb\"]", "done", "file");
    expect_try(vm, "read_link", NULL, "done", "one of the tree");
    contract_close(vm);
}

/* All of Lua, but what would end or change the server. */
static void trusted(void **state) {
    (void)state;
    char path[] = "/tmp/fk_contract_XXXXXX", params[64];
    const int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    snprintf(params, sizeof params, "[\"%s\"]", path);
    fk_vm *vm = open_at(FK_SANDBOX_TRUSTED);
    expect_call(vm, "write_and_read", params, "\"written\"");
    assert_int_not_equal(access(path, F_OK), 0);
    expect_call(vm, "popen", "[\"echo hello\"]", "\"hello\"");
    expect_call(vm, "call", "[\"os.execute\",\"exit 0\"]", "[\"done\",\"true\"]");
    expect_try(vm, "call", "[\"debug.getregistry\"]", "done", "table");
    expect_try(vm, "dump", NULL, "done", "");
    expect_try(vm, "call", "[\"os.exit\",0]", "refused", "os.exit is not allowed");
    expect_try(vm, "call", "[\"os.setlocale\",\"nl_NL\"]", "refused",
               "os.setlocale is not allowed");
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

/* Either the system enforces it, or there is no VM. */
static void strict(void **state) {
    (void)state;
    fk_vm_options options = contract_options("sandbox.lua");
    options.sandbox = FK_SANDBOX_STRICT;
    fk_vm *vm = NULL;
    const fk_status status = fk_vm_open(&options, &vm);
    if (status != FK_OK) {
        expect_error(status, FK_OPEN_FAILED, "strict");
        return;
    }
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_int_equal(stats.sandbox, FK_SANDBOX_STRICT);
    static const char *const parts[] = {"lua", "rlimit", "landlock", "seccomp"};
    for (size_t i = 0; i < COUNT(parts); i++) expect_contains(stats.sandbox_reached, parts[i]);
    expect_try(vm, "call", "[\"os.execute\",\"true\"]", "refused", "not allowed");
    expect_try(vm, "open_file", "[\"/etc/passwd\"]", "refused", "Permission denied");
    assert_int_equal(fk_vm_close(vm), FK_OK);
}

static void level_is_reported(void **state) {
    (void)state;
    for (uint32_t level = FK_SANDBOX_GAME; level <= FK_SANDBOX_TRUSTED; level++) {
        fk_vm *vm = open_at(level);
        fk_stats stats = FK_STATS_INIT;
        expect_status(fk_vm_stats(vm, &stats), FK_OK);
        assert_int_equal(stats.sandbox, level);
        expect_contains(stats.sandbox_reached, "lua");
        if (level == FK_SANDBOX_TRUSTED) assert_null(strstr(stats.sandbox_reached, "seccomp"));
        contract_close(vm);
    }
}

static const struct CMUnitTest tests[] = {TEST(refused_functions),
                                          TEST(no_debug_library),
                                          TEST(no_bytecode),
                                          TEST(forged_messages),
                                          TEST(overwritten_globals),
                                          TEST(yields_across_the_border),
                                          TEST(files_are_readable),
                                          TEST(trusted),
                                          TEST(strict),
                                          TEST(level_is_reported)};
TOPIC(sandbox, tests);
