/* SPDX-License-Identifier: MIT */
/* A traceback leads from where an error was raised through all coroutines that it has left. */
#include "contract.h"

#include <string.h>

static fk_vm *open_with(uint32_t call_timeout, uint64_t memory_limit) {
    fk_vm_options options = contract_options("tracebacks.lua");
    options.call_timeout = call_timeout;
    if (memory_limit) options.memory_limit = memory_limit;
    return contract_open_with(&options);
}

/* Each of these is in the traceback after the one before. */
static void expect_order(fk_vm *vm, const char *method, const char *how, fk_status status,
                         const char *const *parts) {
    const fk_value params[] = {FK_STR(how)};
    const fk_value list = FK_ARRAY(params);
    fk_value *result = NULL;
    assert_int_equal(fk_vm_call(vm, method, &list, &result), status);
    const char *at = fk_error_last()->traceback;
    if (!at) fail_msg("%s: no traceback", method);
    for (; *parts; parts++) {
        const char *found = strstr(at, *parts);
        if (!found)
            fail_msg("%s: no '%s' where it belongs in\n%s", method, *parts,
                     fk_error_last()->traceback);
        at = found + strlen(*parts);
    }
}

static const char *const through_one[] = {"in coroutine ", "'guilty'", "tracebacks.lua:12", NULL};

static void error_in_a_coroutine(void **state) {
    (void)state;
    static const char *const resumed[] = {"in coroutine ",    "'guilty'",  "'inner'",
                                          "stack traceback:", "'Resumed'", NULL};
    static const char *const wrapped[] = {"in coroutine ",    "'guilty'",  "'inner'",
                                          "stack traceback:", "'Wrapped'", NULL};
    static const char *const chain[] = {
        "in coroutine ", "'guilty'", "in coroutine ", "'middle'", "stack traceback:",
        "'Chain'",       NULL};
    fk_vm *vm = open_with(0, 0);
    expect_order(vm, "Resumed", "gone", FK_SCRIPT_ERROR, resumed);
    expect_order(vm, "Wrapped", "gone", FK_SCRIPT_ERROR, wrapped);
    expect_order(vm, "Chain", "gone", FK_SCRIPT_ERROR, chain);
    contract_close(vm);
}

/* What was caught is no part of the next error. */
static void another_error(void **state) {
    (void)state;
    fk_vm *vm = open_with(0, 0);
    static const char *const caught[] = {"'Caught'", NULL};
    expect_order(vm, "Caught", "", FK_SCRIPT_ERROR, caught);
    assert_null(strstr(fk_error_last()->traceback, "guilty"));
    contract_close(vm);
}

static void time_limit_in_a_coroutine(void **state) {
    (void)state;
    fk_vm *vm = open_with(100, 0);
    expect_order(vm, "Resumed", "endless", FK_TIMEOUT, through_one);
    expect_order(vm, "Returned", "endless", FK_TIMEOUT, through_one);
    expect_order(vm, "Wrapped", "endless", FK_TIMEOUT, through_one);
    expect_order(vm, "Chain", "endless", FK_TIMEOUT, through_one);
    contract_close(vm);
}

/* A pcall in between, as of a core around its packages, hides nothing. */
static void time_limit_in_a_pcall(void **state) {
    (void)state;
    static const char *const caught[] = {
        "stack traceback:", "'guilty'", "tracebacks.lua:12", "'xpcall'", "tracebacks.lua:31", NULL};
    static const char *const chain[] = {"in coroutine ",    "'guilty'",         "tracebacks.lua:12",
                                        "'pcall'",          "in coroutine ",    "'pcall'",
                                        "stack traceback:", "'ProtectedChain'", NULL};
    fk_vm *vm = open_with(100, 0);
    expect_order(vm, "Protected", "endless", FK_TIMEOUT, caught);
    const char *const heading = strstr(fk_error_last()->traceback, "stack traceback:");
    assert_null(strstr(heading + 1, "stack traceback:"));
    expect_order(vm, "ProtectedChain", "endless", FK_TIMEOUT, chain);
    expect_order(vm, "Resumed", "endless", FK_TIMEOUT, through_one);
    assert_null(strstr(fk_error_last()->traceback, "Protected"));
    contract_close(vm);
}

static void memory_limit_in_a_coroutine(void **state) {
    (void)state;
    fk_vm *vm = open_with(0, 32 << 20);
    expect_order(vm, "Wrapped", "bomb", FK_MEMORY_LIMIT, through_one);
    expect_order(vm, "Resumed", "bomb", FK_MEMORY_LIMIT, through_one);
    contract_close(vm);
}

/* Lua calls no handler then. */
static void memory_limit_outside_of_coroutines(void **state) {
    (void)state;
    static const char *const frames[] = {"stack traceback:", "'guilty'", "'inner'",
                                         "tracebacks.lua:42: in function", NULL};
    static const char *const again[] = {"stack traceback:", "'guilty'", "'inner'",
                                        "tracebacks.lua:45: in function", NULL};
    fk_vm *vm = open_with(0, 32 << 20);
    expect_order(vm, "Plain", "bomb", FK_MEMORY_LIMIT, frames);
    expect_order(vm, "Again", "bomb", FK_MEMORY_LIMIT, again);
    assert_null(strstr(fk_error_last()->traceback, "pcall"));
    expect_order(vm, "Plain", "buffer", FK_MEMORY_LIMIT, frames); /* asks for memory once */
    expect_order(vm, "Plain", "gone", FK_SCRIPT_ERROR, frames);
    contract_close(vm);
}

static void memory_limit_while_it_opens(void **state) {
    (void)state;
    fk_vm_options options = contract_options("bomb.lua");
    options.memory_limit = 32 << 20;
    fk_vm *vm = NULL;
    assert_int_equal(fk_vm_open(&options, &vm), FK_MEMORY_LIMIT);
    assert_non_null(fk_error_last()->traceback);
    expect_contains(fk_error_last()->traceback, "in function 'fill'");
    expect_contains(fk_error_last()->traceback, "in main chunk");
}

static void deep_in_a_coroutine(void **state) {
    (void)state;
    static const char *const deep[] = {"in coroutine ", "'guilty'", "(skipping ", "'Deep'", NULL};
    fk_vm *vm = open_with(0, 0);
    expect_order(vm, "Deep", "gone", FK_SCRIPT_ERROR, deep);
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {
    TEST(error_in_a_coroutine),        TEST(another_error),
    TEST(time_limit_in_a_coroutine),   TEST(time_limit_in_a_pcall),
    TEST(memory_limit_in_a_coroutine), TEST(memory_limit_outside_of_coroutines),
    TEST(memory_limit_while_it_opens), TEST(deep_in_a_coroutine)};
TOPIC(tracebacks, tests);
