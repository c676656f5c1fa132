/* SPDX-License-Identifier: MIT */
/* Lua code that eats memory. */
#include "hostile.h"

#include <stdio.h>

#define BOMB(name)                                                                                 \
    { "memory.lua", name, LIVE_OR_DEAD(MEMORY_LIMIT), LIVE_OR_DEAD(MEMORY_LIMIT), "67108864" }

static const attack one_string = BOMB("one_string"),
                    too_long = {"memory.lua", "too_long", LIVE(SCRIPT_ERROR), LIVE(SCRIPT_ERROR),
                                "too large"},
                    tables = BOMB("tables"), concat = BOMB("concat"),
                    just_below = BOMB("just_below"), coroutines = BOMB("coroutines"),
                    in_pcall = {"memory.lua",
                                "in_pcall",
                                {BIT(MEMORY_LIMIT) | BIT(TIMEOUT), EITHER},
                                {BIT(MEMORY_LIMIT) | BIT(TIMEOUT), EITHER},
                                NULL,
                                0,
                                1000};

/* The limit at every step of what opening and a call need: the n-th allocation fails, for every
 * n. */
static void every_limit(void **state) {
    (void)state;
    fk_vm_options options = hostile_options("memory.lua");
    options.call_timeout = 5000;
    unsigned opened = 0, called = 0;
    const uint64_t step = on(EMBEDDED) && !FK_SANITIZED ? 1024 : 32 << 10;
    for (uint64_t limit = step; called < 8; limit += step) {
        options.memory_limit = limit;
        fk_vm *vm = NULL;
        fk_status status = fk_vm_open(&options, &vm);
        if (status == FK_OK) {
            opened++;
            status = fk_vm_call(vm, "a_bit_of_all", NULL, NULL);
        }
        if (status != FK_OK && status != FK_MEMORY_LIMIT && status != FK_NO_MEMORY)
            fail_msg("with %llu bytes: %s: %s", (unsigned long long)limit, fk_status_name(status),
                     fk_error_last()->message);
        called += status == FK_OK;
        assert_int_equal(fk_vm_close(vm), FK_OK);
        assert_true(limit < 64u << 20);
    }
    assert_true(opened >= called);
}

/* 50 MB of Lua data come and go; the server keeps nothing of it. */
static void given_back(void **state) {
    (void)state;
    fk_vm_options options = hostile_options("memory.lua");
    options.memory_limit = 256u << 20;
    options.call_timeout = 20000;
    uint64_t first = 0;
    const int rounds = FK_SANITIZED ? 2 : 3;
    for (int i = 0; i < rounds; i++) {
        fk_vm *vm = open_vm(&options);
        expect_held(vm, "fifty_megabytes");
        close_vm(vm);
        if (i == 0) first = resident_bytes();
    }
    const uint64_t now = resident_bytes();
    if (now > first + (2u << 20) && !FK_SANITIZED)
        fail_msg("%llu bytes more after %d rounds", (unsigned long long)(now - first), rounds - 1);
}

static fk_status nest(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    const fk_status status = fk_vm_call(fk_request_vm(request), "outside_of_lua", NULL, NULL);
    fk_status *innermost = user;
    if (*innermost == FK_OK) *innermost = status;
    return status;
}

/* Each level of calls holds its own parameters. */
static void outside_of_lua(void **state) {
    (void)state;
    if (FK_SANITIZED) return; /* a sanitizer's shadow is larger than any limit of the child */
    fk_status innermost = FK_OK;
    fk_vm_options options = hostile_options("memory.lua");
    const fk_method methods[] = {{.name = "back", .call = nest, .user = &innermost}, {0}};
    options.memory_limit = 32u << 20;
    options.max_message = 8u << 20;
    options.methods = methods;
    fk_vm *vm = open_vm(&options);
    expect_outcome(vm, fk_vm_call(vm, "outside_of_lua", NULL, NULL),
                   (outcome){BIT(MEMORY_LIMIT) | BIT(VM_DIED), EITHER}, NULL);
    assert_int_equal(innermost, FK_MEMORY_LIMIT);
    close_vm(vm);
}

static const item items[] = {{"A4.string", EVERYWHERE, run_attack, &one_string},
                             {"A4.huge-string", EVERYWHERE, run_attack, &too_long},
                             {"A4.tables", EVERYWHERE, run_attack, &tables},
                             {"A4.concat", EVERYWHERE, run_attack, &concat},
                             {"A4.coroutines", EVERYWHERE, run_attack, &coroutines},
                             {"A4.pcall-loop", EVERYWHERE, run_attack, &in_pcall},
                             {"A4.just-below", EVERYWHERE, run_attack, &just_below},
                             {"A4.every-limit", EVERYWHERE, every_limit, NULL},
                             {"A4.given-back", EVERYWHERE, given_back, NULL},
                             {"A5.outside-of-lua", IN_CHILD, outside_of_lua, NULL}};
TOPIC(memory, items);
