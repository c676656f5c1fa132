/* SPDX-License-Identifier: MIT */
/* Results that cannot cross, and borders that a coroutine or a finalizer may not step over. */
#include "hostile.h"

#include <string.h>

#define REFUSED(name, text)                                                                        \
    { "values.lua", name, LIVE(BAD_VALUE), LIVE(BAD_VALUE), text }
#define RAISES(name, text)                                                                         \
    { "values.lua", name, LIVE(SCRIPT_ERROR), LIVE(SCRIPT_ERROR), text }

static const attack function = REFUSED("a_function", "result.cards[1].f"),
                    cycle = REFUSED("a_cycle", "cycle"), depth = REFUSED("too_deep", "128"),
                    mixed = REFUSED("mixed_keys", "result.m"), hole = REFUSED("a_hole", "hole"),
                    sparse = REFUSED("sparse", "hole"),
                    sparse_max = REFUSED("sparse_to_the_end", "hole"),
                    shared = REFUSED("shared", "max_values"),
                    yield_at_top = RAISES("yield_at_top", "yield"),
                    yield_across = RAISES("yield_across", "yield");

/* What metamethods pretend is not looked at. */
static void raw(void **state) {
    (void)state;
    const fk_vm_options options = hostile_options("values.lua");
    fk_vm *vm = open_vm(&options);
    fk_value *result = NULL;
    assert_int_equal(fk_vm_call(vm, "with_metamethods", NULL, &result), FK_OK);
    const fk_value items[] = {FK_INT(1), FK_INT(2)};
    assert_true(fk_value_equal(result, &FK_ARRAY(items)));
    fk_value_free(result);
    close_vm(vm);
}

static fk_status back(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    ++*(int *)user;
    fk_value *result = NULL;
    const fk_status status = fk_vm_call(fk_request_vm(request), "recurse", NULL, &result);
    fk_value_free(result);
    return status;
}

static void recursion(void **state) {
    (void)state;
    int calls = 0;
    const fk_method methods[] = {{.name = "back", .call = back, .user = &calls}, {0}};
    fk_vm_options options = hostile_options("values.lua");
    options.methods = methods;
    options.call_timeout = 5000;
    fk_vm *vm = open_vm(&options);
    expect_outcome(vm, fk_vm_call(vm, "recurse", NULL, NULL), (outcome)LIVE(SCRIPT_ERROR),
                   "max_nesting");
    assert_int_equal(calls, 32);
    close_vm(vm);
}

/* A host method called by a finalizer, in a call and at the end: no crash, no hang. */
static void from_gc(void **state) {
    (void)state;
    int calls = 0;
    const fk_method methods[] = {{.name = "back", .call = back, .user = &calls}, {0}};
    fk_vm_options options = hostile_options("values.lua");
    options.methods = methods;
    fk_vm *vm = open_vm(&options);
    expect_held(vm, "host_call_from_gc");
    expect_held(vm, "leave_host_call_in_gc");
    close_vm(vm);
}

static fk_status measure(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(fk_request_vm(request), &stats);
    *(uint64_t *)user = resident_bytes() + stats.rss;
    return FK_OK;
}

/* What could not cross leaves nothing behind outside of Lua, however often it is tried. */
static void again_and_again(void **state) {
    (void)state;
    uint64_t before = 0, after = 0;
    const fk_method methods[] = {{.name = "before", .call = measure, .user = &before},
                                 {.name = "after", .call = measure, .user = &after},
                                 {0}};
    fk_vm_options options = hostile_options("values.lua");
    options.methods = methods;
    fk_vm *vm = open_vm(&options);
    expect_held(vm, "refused_again_and_again");
    if (!FK_SANITIZED && after > before + (16u << 20))
        fail_msg("%llu bytes more", (unsigned long long)(after - before));
    close_vm(vm);
}

static const item items[] = {{"A15.function", EVERYWHERE, run_attack, &function},
                             {"A15.cycle", EVERYWHERE, run_attack, &cycle},
                             {"A15.depth", EVERYWHERE, run_attack, &depth},
                             {"A15.mixed", EVERYWHERE, run_attack, &mixed},
                             {"A15.hole", EVERYWHERE, run_attack, &hole},
                             {"A15.sparse", EVERYWHERE, run_attack, &sparse},
                             {"A15.sparse-max", EVERYWHERE, run_attack, &sparse_max},
                             {"A15.shared", EVERYWHERE, run_attack, &shared},
                             {"A15.metamethods", EVERYWHERE, raw, NULL},
                             {"A15.again-and-again", EVERYWHERE, again_and_again, NULL},
                             {"A16.yield-at-top", EVERYWHERE, run_attack, &yield_at_top},
                             {"A16.yield-across", EVERYWHERE, run_attack, &yield_across},
                             {"A16.gc", EVERYWHERE, from_gc, NULL},
                             {"A16.recursion", EVERYWHERE, recursion, NULL}};
TOPIC(values, items);
