/* SPDX-License-Identifier: MIT */
/* Calling Lua functions: parameters in their places, the first result, names that are no function.
 */
#include "contract.h"

#include <stdlib.h>

static void positional_parameters(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    expect_call(vm, "add", "[2,3]", "5");
    expect_call(vm, "add", "[2,3.0]", "5.0");
    expect_call(vm, "count", NULL, "0");
    expect_call(vm, "count", "[]", "0");
    expect_call(vm, "count", "[null]", "1");
    expect_call(vm, "count", "[1,null,null]", "3");
    expect_call(vm, "kinds", "[null,1,null]", "[\"nil\",\"integer\",\"nil\"]");
    contract_close(vm);
}

static void no_parameters_by_null_value(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    fk_value *result = NULL;
    expect_status(fk_vm_call(vm, "count", &FK_NIL, &result), FK_OK);
    expect_same(result, &FK_INT(0));
    fk_value_free(result);
    contract_close(vm);
}

static void one_table_parameter(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    expect_call(vm, "count", "{\"a\":1}", "1");
    expect_call(vm, "kinds", "{\"a\":1}", "[\"table\"]");
    expect_call(vm, "echo", "{\"a\":[1,2],\"b\":null}", "{\"b\":null,\"a\":[1,2]}");
    expect_call(vm, "echo", "{}", "{}");
    contract_close(vm);
}

static void two_hundred_parameters(void **state) {
    (void)state;
    enum { most = 200 };
    fk_value items[most];
    for (int i = 0; i < most; i++) items[i] = FK_INT(i);
    fk_vm *vm = contract_open("basic.lua");
    fk_value *result = NULL;
    expect_status(fk_vm_call(vm, "count", &FK_ARRAY(items), &result), FK_OK);
    expect_same(result, &FK_INT(most));
    fk_value_free(result);
    expect_status(fk_vm_call(vm, "relay_all", &FK_ARRAY(items), &result), FK_OK);
    expect_same(result, &FK_ARRAY(items));
    fk_value_free(result);
    contract_close(vm);
}

static void first_result_only(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    expect_call(vm, "two", NULL, "1");
    expect_call(vm, "nothing", NULL, "null");
    expect_call(vm, "echo", "[null,7]", "null");
    contract_close(vm);
}

static void result_not_wanted(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    expect_status(fk_vm_call(vm, "two", NULL, NULL), FK_OK);
    expect_status(call_json(vm, "tell", "[1]", NULL), FK_OK);
    expect_seen("! mark [1]\n");
    contract_close(vm);
}

static void unknown_methods(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    expect_call_fails(vm, "no_such_function", NULL, FK_NO_METHOD, "no_such_function");
    assert_true(fk_error_last()->vm_alive);
    expect_call_fails(vm, "not_a_function", NULL, FK_NO_METHOD, "not_a_function");
    expect_call_fails(vm, "hidden", NULL, FK_NO_METHOD, "hidden");
    expect_call_fails(vm, "string.rep", "[\"x\",3]", FK_NO_METHOD, "string.rep");
    expect_call(vm, "add", "[1,1]", "2");
    contract_close(vm);
}

static void notify_runs(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    const fk_value params[] = {FK_INT(1), FK_STR("two")};
    expect_status(fk_vm_notify(vm, "tell", &FK_ARRAY(params)), FK_OK);
    expect_call(vm, "nothing", NULL, "null"); /* the notification has run before this */
    expect_seen("! mark [1,\"two\"]\n");
    contract_close(vm);
}

static void failing_notify_is_a_record(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    expect_status(fk_vm_notify(vm, "no_such_function", NULL), FK_OK);
    expect_call(vm, "add", "[1,1]", "2");
    expect_contains(seen(), "warning: ");
    expect_contains(seen(), "no_such_function");
    forget_seen();
    expect_status(fk_vm_notify(vm, "add", NULL), FK_OK); /* nil + nil */
    expect_call(vm, "add", "[1,1]", "2");
    expect_contains(seen(), "add");
    contract_close(vm);
}

static void ping(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    expect_call(vm, "ping", NULL, "\"PONG\"");
    contract_close(vm);
}

static bool lists(const fk_value *names, const char *name) {
    for (uint32_t i = 0; i < names->size; i++)
        if (fk_value_equal(&names->items[i], &FK_STR(name))) return true;
    return false;
}

/* What the script defined and what answers everywhere; not Lua's own, not what is no function. */
static void methods(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    fk_value *names = NULL;
    expect_status(fk_vm_call(vm, "$/methods", NULL, &names), FK_OK);
    assert_int_equal(names->kind, FK_ARRAY);
    static const char *const there[] = {"add", "echo", "relay", "kept", "ping", "bye"};
    static const char *const missing[] = {"print",          "dofile", "cd",       "hidden",
                                          "not_a_function", "fk",     "$/methods"};
    for (size_t i = 0; i < sizeof there / sizeof *there; i++) assert_true(lists(names, there[i]));
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        assert_false(lists(names, missing[i]));
    fk_value_free(names);
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {TEST(positional_parameters),
                                          TEST(no_parameters_by_null_value),
                                          TEST(one_table_parameter),
                                          TEST(two_hundred_parameters),
                                          TEST(first_result_only),
                                          TEST(result_not_wanted),
                                          TEST(unknown_methods),
                                          TEST(notify_runs),
                                          TEST(failing_notify_is_a_record),
                                          TEST(ping),
                                          TEST(methods)};
TOPIC(calls, tests);
