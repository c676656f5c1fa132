/* SPDX-License-Identifier: MIT */
/* Once buffers have grown, notifications cost no allocation: neither where they are made nor where
 * they are handled. count_allocations.so is preloaded here and in the child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fk_vm.h"

enum { calls = 20 };

static size_t handled;

static fk_status take(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)request;
    handled += params->items[0].kind == FK_ARRAY ? params->items[0].size : 1;
    return FK_OK;
}

static void no_output(void *user, fk_level level, const char *text, size_t size) {
    (void)user, (void)level, (void)text, (void)size;
}

/* The counter of the program that has this file as its FK_ALLOCATIONS. */
static volatile uint64_t *map(const char *path) {
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, sizeof(uint64_t)), 0);
    void *shared = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(shared != MAP_FAILED);
    close(fd);
    return shared;
}

static void play(fk_vm *vm) {
    const fk_value params[] = {FK_INT(300)};
    fk_value *result;
    if (fk_vm_call(vm, "play", &FK_ARRAY(params), &result) != FK_OK)
        fail_msg("%s", fk_error_last()->message);
    fk_value_free(result);
}

static void steady(uint32_t flags) {
    char child_file[4096], variable[4200], preload[4200];
    snprintf(child_file, sizeof child_file, "%s.child", getenv("FK_ALLOCATIONS"));
    snprintf(variable, sizeof variable, "FK_ALLOCATIONS=%s", child_file);
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", getenv("LD_PRELOAD"));
    const char *const environment[] = {variable, preload, NULL};
    volatile uint64_t *const ours = map(getenv("FK_ALLOCATIONS")), *const childs = map(child_file);
    const fk_method methods[] = {{.name = "ServerPlayer_doNotify", .call = take, .flags = flags},
                                 {.name = "*", .call = take, .flags = flags},
                                 {0}};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = FK_SCRIPT;
    options.environment = environment;
    options.methods = methods;
    options.output = no_output;
    fk_vm *vm;
    if (fk_vm_open(&options, &vm) != FK_OK) fail_msg("%s", fk_error_last()->message);
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm, &stats), FK_OK);
    for (int i = 0; i < calls; i++) play(vm); /* buffers grow */
    assert_true(*ours > 0);
    assert_true(*childs > 0 || !stats.pid);
    const uint64_t ours_before = *ours, childs_before = *childs;
    handled = 0;
    for (int i = 0; i < calls; i++) play(vm);
    const uint64_t here = *ours - ours_before, there = *childs - childs_before;
    if (here > calls || there > calls) /* one block for each result */
        fail_msg("%d calls with %zu notifications: %llu allocations here, %llu in the child", calls,
                 handled, (unsigned long long)here, (unsigned long long)there);
    assert_int_equal(handled, calls * (300 * 8 + 300 / 7 + 300 / 11));
    assert_int_equal(fk_vm_close(vm), FK_OK);
    unlink(child_file);
}

static void one_by_one(void **state) {
    (void)state;
    steady(0);
}

static void as_lists(void **state) {
    (void)state;
    steady(FK_METHOD_LIST);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_by_one), cmocka_unit_test(as_lists)};
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(getenv("FK_ALLOCATIONS"));
    return failed;
}
