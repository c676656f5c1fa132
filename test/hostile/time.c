/* SPDX-License-Identifier: MIT */
/* Lua code that does not end. */
#include "hostile.h"

#define LOOP(name, ends)                                                                           \
    { "time.lua", name, ends, ends, "150", 0, 150 }
#define STUCK(name) /* only the end of its process stops it */                                     \
    { "time.lua", name, DEAD(TIMEOUT), DEAD(TIMEOUT), "150", 0, 150 }

static const attack plain = LOOP("plain", LIVE(TIMEOUT)),
                    in_coroutine = LOOP("in_coroutine", LIVE(TIMEOUT)),
                    in_wrap = LOOP("in_wrap", LIVE(TIMEOUT)),
                    in_pcall = LOOP("in_pcall", LIVE(TIMEOUT)),
                    in_nested_pcall = LOOP("in_nested_pcall", LIVE(TIMEOUT)),
                    in_close = LOOP("in_close", LIVE(TIMEOUT)),
                    in_many_coroutines = LOOP("in_many_coroutines", LIVE(TIMEOUT)),
                    in_gc = LOOP("in_gc", LIVE(TIMEOUT)),
                    in_handler = LOOP("in_handler", LIVE_OR_DEAD(TIMEOUT)),
                    backtracking = STUCK("backtracking"),
                    heavy = LOOP("heavy", LIVE_OR_DEAD(TIMEOUT));

/* The VM had answered; what it left behind loops when it is closed. */
static void gc_at_close(void **state) {
    (void)state;
    const fk_vm_options options = hostile_options("time.lua");
    fk_vm *vm = open_vm(&options);
    expect_held(vm, "leave_gc_for_close");
    close_vm(vm);
}

static void coroutine_close_loops(void **state) {
    (void)state;
    fk_vm_options options = hostile_options("time.lua");
    options.call_timeout = 150;
    fk_vm *vm = open_vm(&options);
    expect_outcome(vm, fk_vm_call(vm, "in_coroutine_close", NULL, NULL), (outcome)LIVE(TIMEOUT),
                   "150");
    close_vm(vm);
}

static void again_and_again(void **state) {
    (void)state;
    fk_vm_options options = hostile_options("time.lua");
    options.call_timeout = 20;
    fk_vm *vm = open_vm(&options);
    for (int i = 0; i < 20; i++) {
        const fk_status status = fk_vm_call(vm, "plain", NULL, NULL);
        if (status == FK_VM_DIED) break; /* a machine so busy that the grace passed */
        assert_int_equal(status, FK_TIMEOUT);
    }
    close_vm(vm);
}

static const item items[] = {{"A1.plain", EVERYWHERE, run_attack, &plain},
                             {"A1.coroutine", EVERYWHERE, run_attack, &in_coroutine},
                             {"A1.wrap", EVERYWHERE, run_attack, &in_wrap},
                             {"A1.pcall", EVERYWHERE, run_attack, &in_pcall},
                             {"A1.nested-pcall", EVERYWHERE, run_attack, &in_nested_pcall},
                             {"A1.close", EVERYWHERE, run_attack, &in_close},
                             {"A1.coroutine-close", EVERYWHERE, coroutine_close_loops, NULL},
                             {"A1.many-coroutines", EVERYWHERE, run_attack, &in_many_coroutines},
                             {"A1.again", EVERYWHERE, again_and_again, NULL},
                             {"A1.gc", EVERYWHERE, run_attack, &in_gc},
                             {"A1.gc-at-close", EVERYWHERE, gc_at_close, NULL},
                             {"A2.handler", IN_CHILD, run_attack, &in_handler},
                             {"A2.backtracking", IN_CHILD, run_attack, &backtracking},
                             {"A2.heavy-instructions", SIGNAL | IN_CHILD, run_attack, &heavy}};
TOPIC(time, items);
