/* SPDX-License-Identifier: MIT */
/* What fk_vm_stats and fk_vm_method_stats count. */
#include "contract.h"

#include <unistd.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static fk_stats stats_of(fk_vm *vm) {
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    return stats;
}

static void of_a_fresh_vm(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    const fk_stats stats = stats_of(vm);
    assert_int_equal(stats.size, sizeof stats);
    assert_non_null(stats.backend);
    assert_true(stats.alive);
    assert_int_equal(stats.sandbox, FK_SANDBOX_GAME);
    assert_non_null(stats.sandbox_reached);
    assert_int_equal(stats.calls, 0);
    assert_int_equal(stats.errors, 0);
    if (stats.pid) {
        assert_int_equal(kill((pid_t)stats.pid, 0), 0);
        assert_true(stats.rss > 0);
    }
    contract_close(vm);
}

static void calls_and_errors(void **state) {
    (void)state;
    fk_vm *vm = contract_open("errors.lua");
    for (int i = 0; i < 3; i++) expect_call(vm, "fine", NULL, "\"fine\"");
    expect_status(fk_vm_notify(vm, "fine", NULL), FK_OK);
    expect_call_fails(vm, "by_string", NULL, FK_SCRIPT_ERROR, NULL);
    expect_call_fails(vm, "nowhere", NULL, FK_NO_METHOD, NULL);
    const fk_stats stats = stats_of(vm);
    assert_int_equal(stats.calls, 6);
    assert_int_equal(stats.errors, 2);
    assert_true(stats.vm_ns > 0);
    contract_close(vm);
}

static void requests_and_notifications(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    for (int i = 0; i < 3; i++) expect_call(vm, "ask", "[\"echo\",1]", "1");
    for (int i = 0; i < 2; i++) expect_call(vm, "say", "[\"mark\"]", "null");
    expect_call(vm, "say", "[\"not here\"]", "null");
    expect_call(vm, "try_ask", "[\"not here\"]", "false");
    const fk_stats stats = stats_of(vm);
    assert_int_equal(stats.requests, 4);
    assert_int_equal(stats.notifications, 3);
    assert_int_equal(stats.failed_notifications, 1);
    contract_close(vm);
}

static void by_method(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    for (int i = 0; i < 3; i++) expect_call(vm, "ask", "[\"echo\",1]", "1");
    expect_call(vm, "say", "[\"mark\"]", "null");
    for (size_t i = 0; i < contract_method_count; i++) {
        fk_method_stats method = {.size = sizeof method};
        expect_status(fk_vm_method_stats(vm, i, &method), FK_OK);
        assert_string_equal(method.name, contract_methods[i].name);
        const bool echoed = strcmp(method.name, "echo") == 0,
                   marked = strcmp(method.name, "mark") == 0;
        assert_int_equal(method.calls, echoed ? 3 : marked ? 1 : 0);
        assert_true(method.max_ns <= method.total_ns);
        assert_int_equal(method.total_ns > 0, echoed || marked);
    }
    fk_method_stats past = {.size = sizeof past};
    expect_error(fk_vm_method_stats(vm, contract_method_count, &past), FK_INVALID, "7");
    contract_close(vm);
}

static void bytes_on_the_wire(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    const fk_stats before = stats_of(vm);
    expect_call(vm, "ask", "[\"echo\",\"0123456789\"]", "\"0123456789\"");
    const fk_stats after = stats_of(vm);
    if (backend_is_child(vm)) { /* embedded has no wire */
        assert_true(after.bytes_in >= before.bytes_in + 20);
        assert_true(after.bytes_out >= before.bytes_out + 20);
    } else {
        assert_int_equal(after.bytes_in + after.bytes_out, 0);
    }
    contract_close(vm);
}

static void memory(void **state) {
    (void)state;
    fk_vm *vm = contract_open("limits.lua");
    expect_call(vm, "fine", NULL, "\"fine\"");
    const fk_stats before = stats_of(vm);
    expect_call(vm, "keep_some", NULL, "1048576");
    expect_status(fk_vm_poll(vm), FK_OK);
    const fk_stats after = stats_of(vm);
    if (before.memory) { /* 0: this VM does not say */
        assert_true(after.memory > 1 << 20);
        assert_true(after.memory_peak >= after.memory);
    } else {
        assert_true(backend_is_child(vm));
    }
    contract_close(vm);
}

/* Garbage of a call is collected without another one, while the VM is idle. */
static void wait_for_less_memory(fk_vm *vm, uint64_t less) {
    expect_status(fk_vm_poll(vm), FK_OK);
    const fk_stats before = stats_of(vm);
    const double end = seconds_now() + 20;
    bool smaller = !before.memory; /* 0: this VM does not say */
    while (!smaller && seconds_now() < end) {
        usleep(10000);
        expect_status(fk_vm_poll(vm), FK_OK);
        smaller = stats_of(vm).memory + less < before.memory;
    }
    assert_true(smaller);
}

/* Until nothing is left to do; then a call makes work again. A child does so by itself. */
static void memory_of_an_idle_vm(void **state) {
    (void)state;
    fk_vm *vm = contract_open("limits.lua");
    expect_call(vm, "litter", NULL, "20000");
    wait_for_less_memory(vm, 1 << 20);
    const double end = seconds_now() + 20;
    while (stats_of(vm).wants_poll && seconds_now() < end) {
        usleep(1000);
        expect_status(fk_vm_poll(vm), FK_OK);
    }
    assert_int_equal(stats_of(vm).wants_poll, 0);
    expect_call(vm, "litter", NULL, "20000");
    assert_int_equal(stats_of(vm).wants_poll, !backend_is_child(vm));
    contract_close(vm);
}

/* A collector that never comes to the end of a cycle is not asked for ever. */
static void memory_of_an_idle_generational_vm(void **state) {
    (void)state;
    fk_vm *vm = contract_open("limits.lua");
    expect_call(vm, "be_generational", NULL, "null");
    expect_call(vm, "litter", NULL, "20000");
    wait_for_less_memory(vm, 1 << 20);
    fk_value *before = NULL, *after = NULL;
    expect_status(call_json(vm, "count_collections", NULL, &before), FK_OK);
    const double end = seconds_now() + 1;
    while (seconds_now() < end) {
        usleep(1000);
        expect_status(fk_vm_poll(vm), FK_OK);
    }
    expect_status(call_json(vm, "count_collections", NULL, &after), FK_OK);
    assert_in_range(after->integer - before->integer, 0, 10);
    assert_int_equal(stats_of(vm).wants_poll, !backend_is_child(vm)); /* of these calls */
    fk_value_free(before);
    fk_value_free(after);
    contract_close(vm);
}

/* What has survived young collections is collected, too, once it is much. */
static void memory_of_what_grew_old(void **state) {
    (void)state;
    fk_vm *vm = contract_open("limits.lua");
    expect_call(vm, "grow_old", NULL, "80000");
    wait_for_less_memory(vm, 4 << 20);
    contract_close(vm);
}

static void list_of_backends(void **state) {
    (void)state;
    fk_value *list = NULL;
    expect_status(fk_backend_list(&list), FK_OK);
    assert_int_equal(list->kind, FK_ARRAY);
    assert_true(list->size > 0);
    bool found = false;
    fk_vm *vm = contract_open("basic.lua");
    for (uint32_t i = 0; i < list->size; i++) {
        const fk_value *name = fk_value_member(&list->items[i], "name");
        assert_non_null(name);
        assert_non_null(fk_value_member(&list->items[i], "source"));
        assert_non_null(fk_value_member(&list->items[i], "about"));
        assert_int_equal(fk_value_member(&list->items[i], "available")->kind, FK_BOOL);
        if (fk_value_equal(name, &FK_STR(stats_of(vm).backend))) found = true;
    }
    assert_true(found);
    contract_close(vm);
    fk_value_free(list);
}

static const struct CMUnitTest tests[] = {TEST(of_a_fresh_vm),
                                          TEST(calls_and_errors),
                                          TEST(requests_and_notifications),
                                          TEST(by_method),
                                          TEST(bytes_on_the_wire),
                                          TEST(memory),
                                          TEST(memory_of_an_idle_vm),
                                          TEST(memory_of_an_idle_generational_vm),
                                          TEST(memory_of_what_grew_old),
                                          TEST(list_of_backends)};
TOPIC(stats, tests);
