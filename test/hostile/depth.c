/* SPDX-License-Identifier: MIT */
/* Recursion of every kind, and threads with little stack. */
#include "hostile.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define DEEP(name)                                                                                 \
    { "depth.lua", name, LIVE(SCRIPT_ERROR), LIVE(SCRIPT_ERROR), NULL, 512u << 20 }

static const attack lua = DEEP("in_lua"), gsub = DEEP("in_gsub"), sort = DEEP("in_sort"),
                    coroutines = DEEP("in_coroutines"), constructors = DEEP("in_constructors"),
                    tostring = DEEP("in_tostring"), pattern = DEEP("in_pattern"),
                    by_index = DEEP("in_index"),
                    in_close = {"depth.lua",
                                "in_close",
                                {BIT(SCRIPT_ERROR) | BIT(MEMORY_LIMIT), LIVES},
                                {BIT(SCRIPT_ERROR) | BIT(MEMORY_LIMIT), LIVES},
                                NULL,
                                8u << 20},
                    /* a crash of Lua's own: in a child it may cost the VM */
    close_chain = {
        "depth.lua", "close_chain", LIVE(SCRIPT_ERROR), {BIT(SCRIPT_ERROR) | BIT(VM_DIED), EITHER},
        NULL,        512u << 20};

typedef struct opener {
    fk_status status;
    char message[400];
} opener;

static void *open_here(void *argument) {
    opener *result = argument;
    const fk_vm_options options = hostile_options("depth.lua");
    fk_vm *vm = NULL;
    result->status = fk_vm_open(&options, &vm);
    snprintf(result->message, sizeof result->message, "%s", fk_error_last()->message);
    if (vm) result->status = fk_vm_call(vm, "deep_but_fine", NULL, NULL);
    fk_vm_close(vm);
    return NULL;
}

static opener on_a_stack_of(size_t size) {
    pthread_attr_t attributes;
    pthread_t thread;
    opener result = {FK_OK, ""};
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size);
    assert_int_equal(pthread_create(&thread, &attributes, open_here, &result), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    return result;
}

static void small_stack(void **state) {
    (void)state;
    const opener small = on_a_stack_of(256 << 10),
                 large = on_a_stack_of(FK_SANITIZED ? 8 << 20 : 1200 << 10);
    assert_int_equal(small.status, FK_INVALID);
    assert_non_null(strstr(small.message, "262144"));
    assert_int_equal(large.status, FK_OK);
}

/* The VM was opened on a large stack, and is called from a small one. */
static void *call_here(void *argument) {
    fk_vm *vm = argument;
    return fk_vm_call(vm, "deep_but_fine", NULL, NULL) == FK_INVALID ? vm : NULL;
}

static void call_from_small_stack(void **state) {
    (void)state;
    const fk_vm_options options = hostile_options("depth.lua");
    fk_vm *vm = open_vm(&options);
    pthread_attr_t attributes;
    pthread_t thread;
    void *refused = NULL;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 << 10);
    assert_int_equal(pthread_create(&thread, &attributes, call_here, vm), 0);
    pthread_join(thread, &refused);
    pthread_attr_destroy(&attributes);
    assert_ptr_equal(refused, vm);
    assert_int_equal(fk_vm_call(vm, "fine", NULL, NULL), FK_OK);
    close_vm(vm);
}

static const item items[] = {{"A6.lua", EVERYWHERE, run_attack, &lua},
                             {"A6.gsub", EVERYWHERE, run_attack, &gsub},
                             {"A6.sort", EVERYWHERE, run_attack, &sort},
                             {"A6.coroutines", EVERYWHERE, run_attack, &coroutines},
                             {"A6.constructors", EVERYWHERE, run_attack, &constructors},
                             {"A6.tostring", EVERYWHERE, run_attack, &tostring},
                             {"A6.pattern", EVERYWHERE, run_attack, &pattern},
                             {"A6.index", EVERYWHERE, run_attack, &by_index},
                             {"A6.close", EVERYWHERE, run_attack, &in_close},
                             {"A6.small-stack", EMBEDDED, small_stack, NULL},
                             {"A6.call-from-small-stack", EMBEDDED, call_from_small_stack, NULL},
                             {"A7.coroutine-close-chain", EVERYWHERE, run_attack, &close_chain}};
TOPIC(depth, items);
