/* SPDX-License-Identifier: MIT */
/* Threads: callers of one VM wait for each other, any thread may call and close, interrupts come
 * from anywhere. Threads only note what they see; the test's own thread judges. */
#include "contract.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { rounds = 200, callers = 4 };

typedef struct caller {
    fk_vm *vm;
    const char *method;
    fk_status status;
    char message[300];
    bool vm_alive;
    int good;
} caller;

static void *call_once(void *argument) {
    caller *c = argument;
    c->status = fk_vm_call(c->vm, c->method, NULL, NULL);
    strncpy(c->message, fk_error_last()->message, sizeof c->message - 1);
    c->vm_alive = fk_error_last()->vm_alive;
    return NULL;
}

static void *call_many(void *argument) {
    caller *c = argument;
    for (int i = 0; i < rounds; i++) {
        fk_value *result = NULL;
        c->status = fk_vm_call(c->vm, c->method, NULL, &result);
        if (c->status == FK_OK && fk_value_equal(result, &FK_INT(1))) c->good++;
        fk_value_free(result);
    }
    return NULL;
}

static pthread_t start(void *(*work)(void *), void *argument) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, work, argument), 0);
    return thread;
}

static void join(pthread_t thread) { assert_int_equal(pthread_join(thread, NULL), 0); }

static fk_status pass(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)params;
    return fk_reply(request, NULL);
}

static void one_caller_at_a_time(void **state) {
    (void)state;
    const fk_method methods[] = {{.name = "pass", .call = pass}, {0}};
    fk_vm_options options = contract_options("limits.lua");
    options.methods = methods;
    fk_vm *vm = contract_open_with(&options);
    caller each[callers];
    pthread_t threads[callers];
    for (int i = 0; i < callers; i++) {
        each[i] = (caller){.vm = vm, .method = "alone"};
        threads[i] = start(call_many, &each[i]);
    }
    for (int i = 0; i < callers; i++) join(threads[i]);
    for (int i = 0; i < callers; i++) assert_int_equal(each[i].good, rounds);
    contract_close(vm);
}

static void *open_call_close(void *argument) {
    caller *c = argument;
    for (int i = 0; i < 5; i++) {
        const fk_vm_options options = contract_options("limits.lua");
        fk_vm *vm = NULL;
        fk_value *result = NULL;
        if (fk_vm_open(&options, &vm) == FK_OK &&
            fk_vm_call(vm, "add_one", NULL, &result) == FK_OK && fk_value_equal(result, &FK_INT(1)))
            c->good++;
        fk_value_free(result);
        fk_vm_close(vm);
    }
    return NULL;
}

static void vms_are_independent(void **state) {
    (void)state;
    caller each[callers] = {{0}};
    pthread_t threads[callers];
    for (int i = 0; i < callers; i++) threads[i] = start(open_call_close, &each[i]);
    for (int i = 0; i < callers; i++) join(threads[i]);
    for (int i = 0; i < callers; i++) assert_int_equal(each[i].good, 5);
}

/* Waits inside a host method until it has been cancelled. */
typedef struct cancelled {
    caller call;
    sem_t inside, go_on;
} cancelled;

static fk_status be_cancelled(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    cancelled *c = user;
    sem_post(&c->inside);
    while (sem_wait(&c->go_on) != 0) { /* a cancellation point */
    }
    return fk_reply(request, NULL);
}

static void *call_and_be_cancelled(void *argument) {
    call_once(&((cancelled *)argument)->call);
    pthread_testcancel();
    return NULL;
}

static void cancelled_thread(void **state) {
    (void)state;
#ifdef _WIN32 /* has no such thing; winpthreads stops the thread where it is */
    skip();
#endif
    cancelled c = {.call = {.method = "alone"}};
    sem_init(&c.inside, 0, 0);
    sem_init(&c.go_on, 0, 0);
    const fk_method methods[] = {{.name = "pass", .call = be_cancelled, .user = &c}, {0}};
    fk_vm_options options = contract_options("limits.lua");
    options.methods = methods;
    c.call.vm = contract_open_with(&options);
    const pthread_t thread = start(call_and_be_cancelled, &c);
    while (sem_wait(&c.inside) != 0) {
    }
    assert_int_equal(pthread_cancel(thread), 0);
    sem_post(&c.go_on);
    void *result = NULL;
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_true(result == PTHREAD_CANCELED);
    assert_int_equal(c.call.status, FK_OK);
    sem_post(&c.go_on);
    assert_int_equal(fk_vm_call(c.call.vm, "alone", NULL, NULL), FK_OK);
    contract_close(c.call.vm);
    sem_destroy(&c.inside);
    sem_destroy(&c.go_on);
}

static void *open_here(void *argument) {
    fk_vm **vm = argument;
    const fk_vm_options options = contract_options("limits.lua");
    fk_vm_open(&options, vm);
    return NULL;
}

static void *close_here(void *argument) {
    caller *c = argument;
    c->status = fk_vm_close(c->vm);
    return NULL;
}

/* The thread that opened it has ended: the VM lives, also where it is a child. */
static void open_on_one_call_on_another_close_on_a_third(void **state) {
    (void)state;
    fk_vm *vm = NULL;
    join(start(open_here, &vm));
    assert_non_null(vm);
    expect_call(vm, "add_one", NULL, "1");
    caller there = {.vm = vm, .method = "add_one"};
    join(start(call_once, &there));
    assert_int_equal(there.status, FK_OK);
    expect_call(vm, "add_one", NULL, "3");
    join(start(close_here, &there));
    assert_int_equal(there.status, FK_OK);
}

/* ---- interrupts, and a host method that holds the VM --------------------------------------- */

typedef struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool reached, open;
} gate;

static void gate_reach(gate *g, bool wait) {
    pthread_mutex_lock(&g->lock);
    g->reached = true;
    pthread_cond_broadcast(&g->changed);
    while (wait && !g->open) pthread_cond_wait(&g->changed, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

static void gate_await(gate *g) {
    pthread_mutex_lock(&g->lock);
    while (!g->reached) pthread_cond_wait(&g->changed, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

static void gate_open(gate *g) {
    pthread_mutex_lock(&g->lock);
    g->open = true;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
}

#define GATE_INIT                                                                                  \
    { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, false }

static fk_status started(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    gate_reach(user, false);
    return fk_reply(request, NULL);
}

static fk_status hold(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    gate_reach(user, true);
    return fk_reply(request, &FK_STR("held"));
}

static fk_vm *open_gated(gate *g, uint32_t call_timeout) {
    fk_method methods[contract_method_count + 3];
    memcpy(methods, contract_methods, sizeof *methods * contract_method_count);
    methods[contract_method_count] = (fk_method){.name = "started", .call = started, .user = g};
    methods[contract_method_count + 1] = (fk_method){.name = "wait", .call = hold, .user = g};
    methods[contract_method_count + 2] = (fk_method){0};
    fk_vm_options options = contract_options("limits.lua");
    options.methods = methods;
    options.call_timeout = call_timeout;
    return contract_open_with(&options);
}

/* A VM in which another thread is in a call of method, up to the gate. */
typedef struct busy_vm {
    gate g;
    fk_vm *vm;
    caller there;
    pthread_t thread;
} busy_vm;

static fk_vm *open_busy(busy_vm *busy, uint32_t call_timeout, const char *method) {
    *busy = (busy_vm){.g = GATE_INIT};
    busy->vm = open_gated(&busy->g, call_timeout);
    busy->there = (caller){.vm = busy->vm, .method = method};
    busy->thread = start(call_once, &busy->there);
    gate_await(&busy->g);
    return busy->vm;
}

static void interrupted(const char *method) {
    busy_vm busy;
    fk_vm *vm = open_busy(&busy, 60000, method);
    const double begin = seconds_now();
    expect_status(fk_vm_interrupt(vm), FK_OK);
    join(busy.thread);
    assert_int_equal(busy.there.status, FK_INTERRUPTED);
    assert_true(seconds_now() - begin < 5);
    expect_status(call_json(vm, "fine", NULL, NULL), busy.there.vm_alive ? FK_OK : FK_VM_DIED);
    contract_close(vm);
}

static void interrupt_from_another_thread(void **state) {
    (void)state;
    interrupted("spin_after_start");
}

static void interrupt_unwinds_every_level(void **state) {
    (void)state;
    interrupted("spin_nested");
}

static void interrupt_of_an_idle_vm(void **state) {
    (void)state;
    fk_vm *vm = contract_open("limits.lua");
    expect_status(fk_vm_interrupt(vm), FK_OK);
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static void others_wait_and_then_are_busy(void **state) {
    (void)state;
    busy_vm busy;
    fk_vm *vm = open_busy(&busy, 150, "wait_in_host");
    const double begin = seconds_now();
    expect_call_fails(vm, "fine", NULL, FK_BUSY, "150");
    assert_true(seconds_now() - begin >= 0.14);
    assert_true(fk_error_last()->vm_alive);
    gate_open(&busy.g);
    join(busy.thread);
    assert_int_equal(busy.there.status, FK_OK);
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

/* Nothing is closed then, and it can be tried again. */
static void closing_waits_and_then_is_busy(void **state) {
    (void)state;
    busy_vm busy;
    fk_vm *vm = open_busy(&busy, 150, "wait_in_host");
    expect_error(fk_vm_close(vm), FK_BUSY, "nothing was closed");
    assert_true(fk_error_last()->vm_alive);
    gate_open(&busy.g);
    join(busy.thread);
    assert_int_equal(busy.there.status, FK_INTERRUPTED); /* closing asks the call to end */
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static void poll_does_not_wait(void **state) {
    (void)state;
    busy_vm busy;
    fk_vm *vm = open_busy(&busy, 60000, "wait_in_host");
    const double begin = seconds_now();
    expect_error(fk_vm_poll(vm), FK_BUSY, "another thread");
    assert_true(fk_error_last()->vm_alive);
    assert_true(seconds_now() - begin < 5);
    gate_open(&busy.g);
    join(busy.thread);
    expect_status(fk_vm_poll(vm), FK_OK);
    contract_close(vm);
}

/* A host method waits for a thread which calls the same VM: BUSY there, no deadlock. */
static fk_status wait_for_other(void *user, fk_request *request, const fk_value *params) {
    caller *other = user;
    (void)params;
    pthread_t thread;
    other->vm = fk_request_vm(request);
    if (pthread_create(&thread, NULL, call_once, other) == 0) pthread_join(thread, NULL);
    return fk_reply(request, &FK_INT(other->status));
}

static void waiting_for_a_waiting_thread(void **state) {
    (void)state;
    caller other = {.method = "fine"};
    const fk_method methods[] = {{.name = "wait", .call = wait_for_other, .user = &other}, {0}};
    fk_vm_options options = contract_options("limits.lua");
    options.methods = methods;
    options.call_timeout = 100;
    fk_vm *vm = contract_open_with(&options);
    fk_value *result = NULL;
    expect_status(fk_vm_call(vm, "wait_in_host", NULL, &result), FK_OK);
    expect_same(result, &FK_INT(FK_BUSY));
    fk_value_free(result);
    contract_close(vm);
}

static void close_while_another_thread_calls(void **state) {
    (void)state;
    busy_vm busy;
    fk_vm *vm = open_busy(&busy, 60000, "spin_after_start");
    const double begin = seconds_now();
    contract_close(vm);
    assert_true(seconds_now() - begin < 5);
    join(busy.thread);
    assert_int_equal(busy.there.status, FK_INTERRUPTED);
}

static atomic_bool stop_looking;
static atomic_uint looks;

static void *look_all_the_time(void *argument) {
    caller *c = argument;
    while (!atomic_load(&stop_looking)) {
        fk_stats stats = FK_STATS_INIT;
        if (fk_vm_stats(c->vm, &stats) != FK_OK) c->status = FK_INVALID;
        atomic_fetch_add(&looks, 1);
    }
    return NULL;
}

static void stats_while_it_runs(void **state) {
    (void)state;
    fk_vm *vm = contract_open("limits.lua");
    caller there = {.vm = vm};
    atomic_store(&stop_looking, false);
    const pthread_t thread = start(look_all_the_time, &there);
    const double end = seconds_now() + 10;
    for (int i = 0; i < 500 || (!atomic_load(&looks) && seconds_now() < end); i++)
        expect_status(fk_vm_call(vm, "add_one", NULL, NULL), FK_OK);
    atomic_store(&stop_looking, true);
    join(thread);
    assert_int_equal(there.status, FK_OK);
    assert_true(atomic_load(&looks) > 0);
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {TEST(one_caller_at_a_time),
                                          TEST(cancelled_thread),
                                          TEST(vms_are_independent),
                                          TEST(open_on_one_call_on_another_close_on_a_third),
                                          TEST(interrupt_from_another_thread),
                                          TEST(interrupt_unwinds_every_level),
                                          TEST(interrupt_of_an_idle_vm),
                                          TEST(others_wait_and_then_are_busy),
                                          TEST(closing_waits_and_then_is_busy),
                                          TEST(poll_does_not_wait),
                                          TEST(waiting_for_a_waiting_thread),
                                          TEST(close_while_another_thread_calls),
                                          TEST(stats_while_it_runs)};
TOPIC(threads, tests);
