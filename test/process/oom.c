/* SPDX-License-Identifier: MIT */
/*
 * A child killed by SIGKILL: possibly for want of memory if the kernel's count of such kills has
 * risen, else not. This program's own open() gives the library a /proc/vmstat of its making.
 */
#undef _FILE_OFFSET_BITS /* open is open here, and open64 its other name */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fk_vm.h"

static char vmstat[] = "/tmp/fk-vmstat-XXXXXX";

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const int mode = va_arg(rest, int);
    va_end(rest);
    return (int)syscall(SYS_openat, AT_FDCWD, strcmp(path, "/proc/vmstat") == 0 ? vmstat : path,
                        flags, mode);
}
#ifdef __GLIBC__ /* elsewhere a macro */
int open64(const char *path, int flags, ...) __attribute__((alias("open")));
#endif

static void kernel_says(const char *text) {
    FILE *file = fopen(vmstat, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static fk_vm *open_child(const char *at_call) {
    char script[200];
    snprintf(script, sizeof script,
             "echo '{\"jsonrpc\":\"2.0\",\"method\":\"hello\"}'; read call; %s", at_call);
    const char *const command[] = {"/bin/sh", "-c", script, NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    fk_vm *vm = NULL;
    if (fk_vm_open(&options, &vm) != FK_OK) fail_msg("%s", fk_error_last()->message);
    return vm;
}

static void expect_death(const char *at_call, const char *meanwhile, fk_death death,
                         int exit_status) {
    fk_vm *vm = open_child(at_call);
    kernel_says(meanwhile);
    assert_int_equal(fk_vm_call(vm, "outer", NULL, NULL), FK_VM_DIED);
    const fk_error *error = fk_error_last();
    const bool named =
        strstr(error->message, "possibly because the system ran out of memory") != NULL;
    if (error->death != death || error->exit_status != exit_status ||
        named != (death == FK_DEATH_OUT_OF_MEMORY))
        fail_msg("%s, %d: %s", fk_death_name(error->death), error->exit_status, error->message);
    assert_int_equal(fk_vm_close(vm), FK_OK);
}

#define KILLED "kill -9 $$"

static void killed(void **state) {
    (void)state;
    kernel_says("nr_free_pages 1\noom_kill 5\nthp_fault_alloc 0\n");
    expect_death(KILLED, "nr_free_pages 2\noom_kill 5\n", FK_DEATH_SIGNAL, -SIGKILL);
    expect_death(KILLED, "nr_free_pages 1\noom_kill 6\nthp_fault_alloc 0\n", FK_DEATH_OUT_OF_MEMORY,
                 -SIGKILL);
    expect_death(KILLED, "nr_free_pages 1\noom_kill 6\n", FK_DEATH_SIGNAL,
                 -SIGKILL); /* the count is that of the last */
    expect_death(KILLED, "nr_free_pages 1\noom_kill 19\n", FK_DEATH_OUT_OF_MEMORY, -SIGKILL);
}

static void other_ends(void **state) {
    (void)state;
    kernel_says("a 1\noom_kill 100\n");
    expect_death("kill -11 $$", "a 1\noom_kill 101\n", FK_DEATH_SIGNAL, -SIGSEGV);
    expect_death("exit 137", "a 1\noom_kill 102\n", FK_DEATH_EXIT, 137);
}

/* Then nobody can tell. */
static void no_count(void **state) {
    (void)state;
    kernel_says("a 1\nnot_oom_kill 999\noom_kill\n");
    expect_death(KILLED, "", FK_DEATH_SIGNAL, -SIGKILL);
    unlink(vmstat);
    fk_vm *vm = open_child(KILLED);
    assert_int_equal(fk_vm_call(vm, "outer", NULL, NULL), FK_VM_DIED);
    assert_int_equal(fk_error_last()->death, FK_DEATH_SIGNAL);
    assert_int_equal(fk_vm_close(vm), FK_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(killed), cmocka_unit_test(other_ends),
                                       cmocka_unit_test(no_count)};
    const int fd = mkstemp(vmstat);
    if (fd < 0) return 1;
    close(fd);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(vmstat);
    return failed;
}
