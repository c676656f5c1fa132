/* SPDX-License-Identifier: MIT */
/* A server's threads: many on one VM, interrupts at any time, closing where it should not. */
#include "hostile.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { threads = 4, rounds = 100 };

typedef struct worker {
    fk_vm *vm;
    const char *method;
    int good, interrupted, other;
} worker;

static void *call_many(void *argument) {
    worker *w = argument;
    for (int i = 0; i < rounds; i++) {
        const fk_status status = fk_vm_call(w->vm, w->method, NULL, NULL);
        (status == FK_OK ? w->good++ : status == FK_INTERRUPTED ? w->interrupted++ : w->other++);
    }
    return NULL;
}

static pthread_t start(void *(*work)(void *), void *argument) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, work, argument), 0);
    return thread;
}

static void one_vm(void **state) {
    (void)state;
    const fk_vm_options options = hostile_options("server.lua");
    fk_vm *vm = open_vm(&options);
    worker each[threads];
    pthread_t ids[threads];
    for (int i = 0; i < threads; i++) {
        each[i] = (worker){vm, "add", 0, 0, 0};
        ids[i] = start(call_many, &each[i]);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        assert_int_equal(each[i].good, rounds);
    }
    fk_value *count = NULL;
    assert_int_equal(fk_vm_call(vm, "add", NULL, &count), FK_OK);
    assert_true(fk_value_equal(count, &FK_INT(threads * rounds + 1)));
    fk_value_free(count);
    close_vm(vm);
}

static void *use_own(void *argument) {
    worker *w = argument;
    const fk_vm_options options = hostile_options("server.lua");
    if (fk_vm_open(&options, &w->vm) == FK_OK) call_many(w);
    if (fk_vm_close(w->vm) != FK_OK) w->other++;
    return NULL;
}

static void many_vms(void **state) {
    (void)state;
    worker each[threads];
    pthread_t ids[threads];
    for (int i = 0; i < threads; i++) {
        each[i] = (worker){NULL, "add", 0, 0, 0};
        ids[i] = start(use_own, &each[i]);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        assert_int_equal(each[i].good, rounds);
        assert_int_equal(each[i].other, 0);
    }
}

static void *open_here(void *argument) {
    const fk_vm_options options = hostile_options("server.lua");
    fk_vm_open(&options, argument);
    return NULL;
}
static void *close_here(void *argument) { return (void *)(intptr_t)fk_vm_close(argument); }

/* The thread that opened it has ended when it is called; a third one closes it. */
static void one_thread_each(void **state) {
    (void)state;
    fk_vm *vm = NULL;
    void *closed = NULL;
    pthread_join(start(open_here, &vm), NULL);
    assert_non_null(vm);
    assert_true(works(vm, "yes"));
    worker there = {vm, "add", 0, 0, 0};
    pthread_join(start(call_many, &there), NULL);
    assert_int_equal(there.good, rounds);
    pthread_join(start(close_here, vm), &closed);
    assert_int_equal((intptr_t)closed, FK_OK);
}

static atomic_bool stop;

static void *interrupt_always(void *argument) {
    unsigned seed = 1;
    while (!atomic_load(&stop)) {
        fk_vm_interrupt(argument);
        for (volatile int i = rand_r(&seed) % 20000; i > 0; i--) {
        }
    }
    return NULL;
}

static void interrupts(void **state) {
    (void)state;
    fk_vm_options options = hostile_options("server.lua");
    fk_vm *vm = open_vm(&options);
    atomic_store(&stop, false);
    const pthread_t other = start(interrupt_always, vm);
    worker here = {vm, "short_loop", 0, 0, 0};
    const double end = seconds_now() + 30; /* that the other thread hits a call may take a while */
    do call_many(&here);
    while (here.interrupted + here.other == 0 && seconds_now() < end);
    atomic_store(&stop, true);
    pthread_join(other, NULL);
    if (here.other)
        assert_int_equal(fk_error_last()->status, FK_VM_DIED); /* killed: it was too busy to hear */
    assert_true(here.interrupted + here.other > 0);
    close_vm(vm);
}

typedef struct closing {
    fk_vm *vm;
    atomic_bool inside, go;
    fk_status status;
} closing;

static fk_status hold(void *user, fk_request *request, const fk_value *params) {
    closing *c = user;
    (void)request, (void)params;
    atomic_store(&c->inside, true);
    while (!atomic_load(&c->go)) sched_yield();
    return FK_OK;
}

static fk_status close_inside(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    *(fk_status *)user = fk_vm_close(fk_request_vm(request));
    return FK_OK;
}

static void close_in_a_callback(void **state) {
    (void)state;
    fk_status status = FK_OK;
    const fk_method methods[] = {{.name = "host", .call = close_inside, .user = &status}, {0}};
    fk_vm_options options = hostile_options("server.lua");
    options.methods = methods;
    fk_vm *vm = open_vm(&options);
    assert_int_equal(fk_vm_call(vm, "call_host", NULL, NULL), FK_OK);
    assert_int_equal(status, FK_BUSY);
    assert_true(works(vm, "yes"));
    close_vm(vm);
}

static void *call_there(void *argument) {
    closing *c = argument;
    c->status = fk_vm_call(c->vm, "call_host_twice", NULL, NULL);
    return NULL;
}

/* The call is in a host method when it begins: close waits, the call ends, then the VM. */
static void close_during_a_call(void **state) {
    (void)state;
    closing c = {.status = FK_OK};
    const fk_method methods[] = {{.name = "host", .call = hold, .user = &c}, {0}};
    fk_vm_options options = hostile_options("server.lua");
    options.methods = methods;
    c.vm = open_vm(&options);
    const pthread_t caller = start(call_there, &c);
    while (!atomic_load(&c.inside)) sched_yield();
    forget_vm(c.vm);
    const pthread_t closer = start(close_here, c.vm);
    atomic_store(&c.go, true);
    void *closed = NULL;
    pthread_join(caller, NULL);
    pthread_join(closer, &closed);
    assert_int_equal((intptr_t)closed, FK_OK);
    assert_true(c.status == FK_OK || c.status == FK_INTERRUPTED);
}

static const item items[] = {{"C1.one-vm", EVERYWHERE, one_vm, NULL},
                             {"C1.many-vms", EVERYWHERE, many_vms, NULL},
                             {"C1.one-thread-each", EVERYWHERE, one_thread_each, NULL},
                             {"C2.interrupts", SIGNAL | IN_CHILD, interrupts, NULL},
                             {"C2.close-in-a-callback", EVERYWHERE, close_in_a_callback, NULL},
                             {"C2.close-during-a-call", EVERYWHERE, close_during_a_call, NULL}};
TOPIC(server_threads, items);
