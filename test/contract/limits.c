/* SPDX-License-Identifier: MIT */
/* Limits of time and memory: a status that names the limit; the VM lives on, or says that it is
 * dead. */
#include "contract.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* After a limit the VM works, or every later call says at once that it died. */
static void expect_usable_or_dead(fk_vm *vm) {
    const bool alive = fk_error_last()->vm_alive;
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_int_equal(stats.alive, alive);
    if (alive) {
        expect_call(vm, "fine", NULL, "\"fine\"");
        return;
    }
    const double start = seconds_now();
    expect_call_fails(vm, "fine", NULL, FK_VM_DIED, NULL);
    assert_true(seconds_now() - start < 1);
}

static void endless_loop(void **state) {
    (void)state;
    fk_vm_options options = contract_options("limits.lua");
    options.call_timeout = 200;
    fk_vm *vm = contract_open_with(&options);
    const double start = seconds_now();
    expect_call_fails(vm, "spin", NULL, FK_TIMEOUT, "200");
    const double took = seconds_now() - start;
    assert_true(took >= 0.19);
    assert_true(took < 5);
    expect_usable_or_dead(vm);
    contract_close(vm);
}

/* The coroutine that runs is the one to stop, wherever it was made and whatever catches errors. */
static void endless_loops_elsewhere(void **state) {
    (void)state;
    static const char *const methods[] = {
        "spin_in_coroutine",    "spin_in_wrap",          "spin_deep",
        "spin_in_pcall",        "spin_in_nested_pcalls", "spin_in_close",
        "spin_in_old_coroutine"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        fk_vm_options options = contract_options("limits.lua");
        options.call_timeout = 100;
        fk_vm *vm = contract_open_with(&options);
        expect_call(vm, "keep_coroutine", NULL, "null");
        const double start = seconds_now();
        expect_call_fails(vm, methods[i], NULL, FK_TIMEOUT, "100");
        assert_true(seconds_now() - start < 5);
        expect_usable_or_dead(vm);
        contract_close(vm);
    }
}

static void endless_loop_inside_a_host_method(void **state) {
    (void)state;
    fk_method methods[contract_method_count + 2];
    memcpy(methods, contract_methods, sizeof *methods * contract_method_count);
    methods[contract_method_count] = contract_methods[0]; /* mark, as started */
    methods[contract_method_count].name = "started";
    methods[contract_method_count + 1] = (fk_method){0};
    fk_vm_options options = contract_options("limits.lua");
    options.methods = methods;
    options.call_timeout = 200;
    fk_vm *vm = contract_open_with(&options);
    expect_call_fails(vm, "spin_nested", NULL, FK_TIMEOUT, NULL);
    expect_usable_or_dead(vm);
    contract_close(vm);
}

static void endless_loop_while_loading(void **state) {
    (void)state;
    fk_vm_options options = contract_options("spin.lua");
    options.open_timeout = 200;
    const double start = seconds_now();
    contract_open_fails(&options, FK_TIMEOUT, "200", NULL);
    assert_true(seconds_now() - start < 5);
}

/* Burns wall time in the server: it is not the VM's. */
static fk_status wait_here(void *user, fk_request *request, const fk_value *params) {
    const double end = seconds_now() + *(const double *)user;
    (void)params;
    while (seconds_now() < end) {
    }
    return fk_reply(request, &FK_STR("waited"));
}

#ifndef _WIN32 /* has no such signals */
/* A server that ignores the signal loses the limit of pure Lua, and nothing else. */
static void signal_taken_away(void **state) {
    (void)state;
    fk_vm_options options = contract_options("limits.lua");
    options.interrupt_signal = SIGUSR1;
    options.call_timeout = 20;
    fk_vm *vm = contract_open_with(&options);
    if (backend_is_child(vm)) return contract_close(vm); /* it has a signal of its own */
    struct sigaction before;
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    assert_int_equal(sigaction(SIGUSR1, &ignore, &before), 0);
    expect_call_fails(vm, "spin_for", "[0.1]", FK_TIMEOUT, "20");
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}
#endif

static void clock_stands_still_in_host_methods(void **state) {
    (void)state;
    double half = 0.5;
    const fk_method methods[] = {{.name = "wait", .call = wait_here, .user = &half}, {0}};
    fk_vm_options options = contract_options("limits.lua");
    options.methods = methods;
    options.call_timeout = 250;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "wait_in_host", NULL, "\"waited\"");
    expect_call(vm, "wait_in_host", NULL, "\"waited\"");
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_true(stats.host_ns >= UINT64_C(900000000));
    fk_method_stats slow = {.size = sizeof slow};
    expect_status(fk_vm_method_stats(vm, 0, &slow), FK_OK);
    assert_string_equal(slow.name, "wait");
    assert_true(slow.max_ns >= UINT64_C(490000000));
    contract_close(vm);
}

static void no_limit(void **state) {
    (void)state;
    fk_vm_options options = contract_options("limits.lua");
    options.open_timeout = options.call_timeout = options.close_timeout = FK_NO_LIMIT;
    options.max_output = options.max_message = FK_NO_LIMIT;
    options.memory_limit = FK_NO_LIMIT_64;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static void memory_limit(void **state) {
    (void)state;
    static const char *const methods[] = {"eat", "eat_at_once"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        fk_vm_options options = contract_options("limits.lua");
        options.memory_limit = 64 << 20;
        fk_vm *vm = contract_open_with(&options);
        expect_call_fails(vm, methods[i], NULL, FK_MEMORY_LIMIT, "67108864");
        expect_usable_or_dead(vm);
        contract_close(vm);
    }
}

static const struct CMUnitTest tests[] = {
#ifndef _WIN32
    TEST(signal_taken_away),
#endif
    TEST(endless_loop),
    TEST(endless_loops_elsewhere),
    TEST(endless_loop_inside_a_host_method),
    TEST(endless_loop_while_loading),
    TEST(clock_stands_still_in_host_methods),
    TEST(no_limit),
    TEST(memory_limit)};
TOPIC(limits, tests);
