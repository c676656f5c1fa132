/* SPDX-License-Identifier: MIT */
/* Errors: a status, and a message that names the thing. The VM lives after a script's error. */
#include "contract.h"

#include <stdlib.h>
#include <string.h>

static void by_what(void **state) {
    (void)state;
    static const char *const table[][2] = {{"by_string", "a plain text"},
                                           {"by_table", "a table: "},
                                           {"by_table", "code = 7"},
                                           {"by_table", "text = \"a table\""},
                                           {"by_mixed_table", "1 = true"},
                                           {"by_mixed_table", "true = table"},
                                           {"by_large_table", ", ..."},
                                           {"by_empty_table", "a table: "},
                                           {"by_nil", "nil"},
                                           {"by_number", "42"},
                                           {"by_bool", "boolean"},
                                           {"by_function", "function"},
                                           {"by_named_table", "I have a name"},
                                           {"by_bad_tostring", ""},
                                           {"by_no_string", ""},
                                           {"by_bytes", "bytes "},
                                           {"by_assert", "asserted"},
                                           {"by_mistake", "nil value"},
                                           {"yields", "yield"},
                                           {"overflow", "overflow"}};
    fk_vm *vm = contract_open("errors.lua");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        expect_call_fails(vm, table[i][0], NULL, FK_SCRIPT_ERROR, table[i][1]);
        assert_true(fk_error_last()->vm_alive);
        expect_call(vm, "fine", NULL, "\"fine\"");
    }
    contract_close(vm);
}

static void position_in_the_message(void **state) {
    (void)state;
    fk_vm *vm = contract_open("errors.lua");
    expect_call_fails(vm, "by_string", NULL, FK_SCRIPT_ERROR, "errors.lua:4: a plain text");
    expect_call_fails(vm, "by_mistake", NULL, FK_SCRIPT_ERROR, "errors.lua:15:");
    contract_close(vm);
}

static void traceback(void **state) {
    (void)state;
    static const char *const methods[] = {"with_traceback", "by_nil", "by_table", "in_coroutine"};
    fk_vm *vm = contract_open("errors.lua");
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        expect_call_fails(vm, methods[i], NULL, FK_SCRIPT_ERROR, NULL);
        assert_non_null(fk_error_last()->traceback);
        expect_contains(fk_error_last()->traceback, "stack traceback");
        expect_contains(fk_error_last()->traceback, "errors.lua");
    }
    expect_call_fails(vm, "with_traceback", NULL, FK_SCRIPT_ERROR, "at the bottom");
    expect_contains(fk_error_last()->traceback, "second");
    contract_close(vm);
}

static void success_clears_the_error(void **state) {
    (void)state;
    fk_vm *vm = contract_open("errors.lua");
    expect_call_fails(vm, "by_string", NULL, FK_SCRIPT_ERROR, NULL);
    expect_call(vm, "fine", NULL, "\"fine\"");
    assert_int_equal(fk_error_last()->status, FK_OK);
    assert_string_equal(fk_error_last()->message, "");
    assert_null(fk_error_last()->traceback);
    contract_close(vm);
}

static void error_survives_its_vm(void **state) {
    (void)state;
    const fk_error *error = fk_error_last();
    fk_vm *vm = contract_open("errors.lua");
    expect_call_fails(vm, "by_string", NULL, FK_SCRIPT_ERROR, NULL);
    assert_int_equal(error->size, sizeof *error);
    contract_close(vm);
    assert_int_equal(error->status, FK_OK);
}

static void missing_script(void **state) {
    (void)state;
    fk_vm_options options = contract_options("no_such_script.lua");
    contract_open_fails(&options, FK_OPEN_FAILED, "no_such_script.lua", "No such file", NULL);
    options.script = "tree";
    contract_open_fails(&options, FK_OPEN_FAILED, "tree", NULL);
    options.directory = "/no/such/directory";
    contract_open_fails(&options, FK_OPEN_FAILED, "/no/such/directory", "No such file", NULL);
}

static void script_that_does_not_compile(void **state) {
    (void)state;
    const fk_vm_options options = contract_options("bad_syntax.lua");
    contract_open_fails(&options, FK_OPEN_FAILED, "bad_syntax.lua", "4", NULL);
}

static void script_that_fails_while_loading(void **state) {
    (void)state;
    fk_vm_options options = contract_options("bad_start.lua");
    contract_open_fails(&options, FK_OPEN_FAILED, "bad_start.lua:5", "the deck is empty", NULL);
    assert_non_null(fk_error_last()->traceback);
    expect_contains(fk_error_last()->traceback, "start");
    expect_seen("print: about to fail\nprint: put away\n"); /* a script that fails is closed, too */
    options = contract_options("bad_scheduler.lua");
    contract_open_fails(&options, FK_OPEN_FAILED, "bad_scheduler.lua:4", "no scheduler today",
                        NULL);
    options = contract_options("bad_require.lua");
    contract_open_fails(&options, FK_OPEN_FAILED, "no.such.module", NULL);
}

/* os.exit ends the VM, never the server. */
static void script_that_exits(void **state) {
    (void)state;
    fk_vm *vm = contract_open("errors.lua");
    const fk_status status = call_json(vm, "exit", "[3]", NULL);
    if (status != FK_SCRIPT_ERROR) expect_status(status, FK_VM_DIED);
    expect_contains(fk_error_last()->message, "exit");
    const bool alive = fk_error_last()->vm_alive;
    expect_status(call_json(vm, "fine", NULL, NULL), alive ? FK_OK : FK_VM_DIED);
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_int_equal(stats.alive, alive);
    contract_close(vm);
}

static void names_of_statuses(void **state) {
    (void)state;
    assert_string_equal(fk_status_name(FK_OK), "OK");
    assert_string_equal(fk_status_name(FK_BUSY), "BUSY");
    assert_string_equal(fk_status_name((fk_status)99), "UNKNOWN");
    assert_string_equal(fk_status_name((fk_status)-1), "UNKNOWN");
}

static const struct CMUnitTest tests[] = {TEST(by_what),
                                          TEST(position_in_the_message),
                                          TEST(traceback),
                                          TEST(success_clears_the_error),
                                          TEST(error_survives_its_vm),
                                          TEST(missing_script),
                                          TEST(script_that_does_not_compile),
                                          TEST(script_that_fails_while_loading),
                                          TEST(script_that_exits),
                                          TEST(names_of_statuses)};
TOPIC(errors, tests);
