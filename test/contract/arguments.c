/* SPDX-License-Identifier: MIT */
/* Arguments that break the contract: NULL, odd sizes, unknown flags, values of the wrong kind. */
#include "contract.h"

#include <stdlib.h>
#include <string.h>

static void null_to_open(void **state) {
    (void)state;
    fk_vm *vm = (fk_vm *)&vm;
    fk_vm_options options = contract_options("basic.lua");
    expect_status(fk_vm_open(NULL, &vm), FK_INVALID);
    assert_null(vm);
    expect_status(fk_vm_open(&options, NULL), FK_INVALID);
    if (getenv("FK_VM_COMMAND")) return; /* a child by command may do without a script */
    options.script = NULL;
    contract_open_fails(&options, FK_INVALID, "script", NULL);
}

static void null_elsewhere(void **state) {
    (void)state;
    fk_stats stats = FK_STATS_INIT;
    fk_method_stats method = {.size = sizeof method};
    fk_value *result = (fk_value *)&result;
    expect_status(fk_vm_call(NULL, "echo", NULL, &result), FK_INVALID);
    assert_null(result);
    expect_status(fk_vm_notify(NULL, "echo", NULL), FK_INVALID);
    expect_status(fk_vm_interrupt(NULL), FK_INVALID);
    expect_status(fk_vm_poll(NULL), FK_INVALID);
    expect_status(fk_vm_stats(NULL, &stats), FK_INVALID);
    expect_status(fk_vm_method_stats(NULL, 0, &method), FK_INVALID);
    assert_int_equal(fk_vm_fd(NULL), -1);
    expect_status(fk_backend_list(NULL), FK_INVALID);
    fk_vm *vm = contract_open("basic.lua");
    expect_status(fk_vm_call(vm, NULL, NULL, NULL), FK_INVALID);
    expect_status(fk_vm_call(vm, "", NULL, NULL), FK_INVALID);
    expect_status(fk_vm_notify(vm, NULL, NULL), FK_INVALID);
    expect_status(fk_vm_stats(vm, NULL), FK_INVALID);
    expect_status(fk_vm_method_stats(vm, 0, NULL), FK_INVALID);
    expect_call(vm, "add", "[1,2]", "3");
    contract_close(vm);
}

/* Sizes that no header ever had, smaller and larger; and a larger one that asks for nothing more.
 */
static void sizes_of_options(void **state) {
    (void)state;
    struct {
        fk_vm_options options;
        unsigned char newer[64];
    } grown = {.options = contract_options("basic.lua")};
    static const size_t wrong[] = {0, 1, sizeof(size_t), 3 * sizeof(size_t), 1 << 20, SIZE_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        grown.options.size = wrong[i];
        contract_open_fails(&grown.options, FK_INVALID, "fk_vm_options", NULL);
    }
    grown.options.size = sizeof grown;
    contract_close(contract_open_with(&grown.options));
    grown.newer[63] = 1;
    contract_open_fails(&grown.options, FK_INVALID, "fk_vm_options", NULL);
}

static void sizes_of_stats(void **state) {
    (void)state;
    struct {
        fk_stats stats;
        unsigned char after[64];
    } grown = {.stats = FK_STATS_INIT};
    fk_vm *vm = contract_open("basic.lua");
    grown.stats.size = sizeof grown;
    expect_status(fk_vm_stats(vm, &grown.stats), FK_OK);
    assert_int_equal(grown.stats.size, sizeof grown);
    grown.stats.size = sizeof grown.stats;
    memset(grown.after, 0xa5, sizeof grown.after);
    expect_status(fk_vm_stats(vm, &grown.stats), FK_OK);
    for (size_t i = 0; i < sizeof grown.after; i++) assert_int_equal(grown.after[i], 0xa5);
    grown.stats.size = 8;
    expect_status(fk_vm_stats(vm, &grown.stats), FK_INVALID);
    fk_method_stats method = {.size = 1};
    expect_status(fk_vm_method_stats(vm, 0, &method), FK_INVALID);
    contract_close(vm);
}

static void unknown_flags(void **state) {
    (void)state;
    fk_vm_options options = contract_options("basic.lua");
    options.flags = 0x10000000u;
    contract_open_fails(&options, FK_INVALID, "flags", NULL);
    options = contract_options("basic.lua");
    options.sandbox = 3;
    contract_open_fails(&options, FK_INVALID, "sandbox", NULL);
    options = contract_options("basic.lua");
    options.interrupt_signal = -2;
    contract_open_fails(&options, FK_INVALID, "interrupt_signal", NULL);
    options = contract_options("basic.lua");
    options.backend = "";
    contract_open_fails(&options, FK_INVALID, "backend", NULL);
    const char *const none[] = {NULL};
    options = contract_options("basic.lua");
    options.command = none;
    contract_open_fails(&options, FK_INVALID, "command", NULL);
}

static void odd_methods(void **state) {
    (void)state;
    const fk_host_fn call = contract_methods[0].call;
    const fk_method without[] = {{.name = "lost", .call = NULL}, {0}};
    const fk_method flagged[] = {{.name = "flagged", .call = call, .flags = 1u << 31}, {0}};
    const fk_method reserved[] = {{.name = "later", .call = call, .reserved = {0, 0, 1}}, {0}};
    const fk_method twice[] = {{.name = "twin", .call = call}, {.name = "twin", .call = call}, {0}};
    fk_vm_options options = contract_options("basic.lua");
    options.methods = without;
    contract_open_fails(&options, FK_INVALID, "lost", NULL);
    options.methods = flagged;
    contract_open_fails(&options, FK_INVALID, "flagged", NULL);
    options.methods = reserved;
    contract_open_fails(&options, FK_INVALID, "later", NULL);
    options.methods = twice;
    contract_open_fails(&options, FK_INVALID, "twin", NULL);
}

static void params_of_another_kind(void **state) {
    (void)state;
    const fk_value values[] = {FK_INT(1), FK_STR("x"), FK_BOOL(true), FK_DOUBLE(1)};
    fk_vm *vm = contract_open("basic.lua");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        expect_error(fk_vm_call(vm, "echo", &values[i], NULL), FK_INVALID, "params");
        expect_error(fk_vm_notify(vm, "echo", &values[i]), FK_INVALID, "params");
    }
    contract_close(vm);
}

static void broken_size_of_text(void **state) {
    (void)state;
    fk_value *value = NULL;
    expect_status(fk_value_from_json(NULL, 1, &value), FK_INVALID);
    expect_status(fk_value_from_json("1", 1, NULL), FK_INVALID);
    expect_status(fk_value_from_json(NULL, 0, &value), FK_BAD_VALUE);
    const char twice[] = "[1,{\"a\":1, \"a\":2}]", nul[] = "{\"a\\u0000\":1}";
    expect_error(fk_value_from_json(twice, strlen(twice), &value), FK_BAD_VALUE, "at byte 11: ");
    expect_error(fk_value_from_json(nul, strlen(nul), &value), FK_BAD_VALUE, "at byte 1: ");
    expect_status(fk_value_copy(NULL, &value), FK_INVALID);
    expect_status(fk_value_check(NULL, "x"), FK_INVALID);
    expect_status(fk_value_to_json(&FK_NIL, NULL, NULL), FK_INVALID);
    assert_null(fk_value_member(NULL, "x"));
    assert_false(fk_value_equal(&FK_NIL, NULL));
    assert_string_equal(fk_request_method(NULL), "");
    assert_null(fk_request_vm(NULL));
}

static const struct CMUnitTest tests[] = {TEST(null_to_open),           TEST(null_elsewhere),
                                          TEST(sizes_of_options),       TEST(sizes_of_stats),
                                          TEST(unknown_flags),          TEST(odd_methods),
                                          TEST(params_of_another_kind), TEST(broken_size_of_text)};
TOPIC(arguments, tests);
