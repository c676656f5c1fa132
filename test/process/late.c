/* SPDX-License-Identifier: MIT */
/* A child that ends its call at SIGINT, and answers before the server's thread looks up: the error
 * is what the interrupt or the limit made of it. Its program takes the place of the C library's
 * poll(), so that the answer is there when the server's thread comes back from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fk_vm.h"

static const char child[] =
    "trap 'trap : INT; echo \"{\\\"jsonrpc\\\":\\\"2.0\\\",\\\"error\\\":{\\\"code\\\":-32000,"
    "\\\"message\\\":\\\"ended\\\"},\\\"id\\\":1}\"; : >answered; read bye; exit' INT\n"
    "echo '{\"jsonrpc\":\"2.0\",\"method\":\"$/hello\",\"params\":[{\"interrupt\":true}]}'\n"
    "read call\n"
    ": >looping\n"
    "while :; do :; done\n";

static fk_vm *late; /* not NULL: to be interrupted at the next poll() */
static bool by_limit;

static bool wait_for(const char *file) {
    const struct timespec ms = {0, 1000000};
    for (int i = 0; i < 30000 && access(file, F_OK) != 0; i++) nanosleep(&ms, NULL);
    return access(file, F_OK) == 0;
}

int poll(struct pollfd *fds, nfds_t count, int ms) {
    if (late && count == 5 && ms != 0) {
        fk_vm *const vm = late;
        late = NULL;
        wait_for("looping");
        if (!by_limit) fk_vm_interrupt(vm); /* the thread that watches limits does the same */
        wait_for("answered");
    }
    const struct timespec time = {ms / 1000, ms % 1000 * 1000000L};
    return (int)syscall(SYS_ppoll, fds, count, ms < 0 ? NULL : &time, NULL, 0);
}

static void ends_as(uint32_t call_timeout, fk_status status) {
    char folder[] = "/tmp/fkvm-late-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    const char *const command[] = {"/bin/sh", "-c", child, NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.directory = folder;
    options.call_timeout = call_timeout;
    fk_vm *vm = NULL;
    if (fk_vm_open(&options, &vm) != FK_OK) fail_msg("%s", fk_error_last()->message);
    late = vm;
    if (fk_vm_call(vm, "loop", NULL, NULL) != status) fail_msg("%s", fk_error_last()->message);
    assert_null(late);
    assert_true(fk_error_last()->vm_alive);
    fk_vm_close(vm);
    unlink("looping");
    unlink("answered");
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void interrupted(void **state) {
    (void)state;
    by_limit = false;
    ends_as(60000, FK_INTERRUPTED);
}

static void at_its_limit(void **state) {
    (void)state;
    by_limit = true;
    ends_as(300, FK_TIMEOUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(interrupted),
                                       cmocka_unit_test(at_its_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
