/* SPDX-License-Identifier: MIT */
/* A child that gets hardly any time on a busy core is asked to end its call, and not killed before
 * it could hear of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "fk_vm.h"

static cpu_set_t one_core(void) {
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    int core = 0;
    while (!CPU_ISSET(core, &all)) core++;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    return one;
}

typedef struct rival {
    cpu_set_t core;
    atomic_bool over;
} rival;

static void *take_the_core(void *argument) {
    rival *it = argument;
    sched_setaffinity(0, sizeof it->core, &it->core);
    while (!atomic_load(&it->over)) {
    }
    return NULL;
}

static void beside_a_busy_thread(void **state) {
    (void)state;
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.script = FK_STARVED_LUA;
    options.call_timeout = 100;
    fk_vm *vm;
    assert_int_equal(fk_vm_open(&options, &vm), FK_OK);
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm, &stats), FK_OK);
    rival rival = {.core = one_core()};
    assert_int_equal(sched_setaffinity((pid_t)stats.pid, sizeof rival.core, &rival.core), 0);
    const int far_below = getpriority(PRIO_PROCESS, 0) + 15; /* the rival */
    assert_int_equal(setpriority(PRIO_PROCESS, (id_t)stats.pid, far_below), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, take_the_core, &rival), 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(fk_vm_call(vm, "spin", NULL, NULL), FK_TIMEOUT);
        if (!fk_error_last()->vm_alive) fail_msg("%s", fk_error_last()->message);
    }
    atomic_store(&rival.over, 1);
    pthread_join(thread, NULL);
    assert_int_equal(fk_vm_close(vm), FK_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(beside_a_busy_thread)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
