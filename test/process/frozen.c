/* SPDX-License-Identifier: MIT */
/* A service that was stopped for a while (SIGSTOP, a paused container) finds no call over its
 * limit. */
#include "fk_vm.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { limit_ms = 4000, frozen_s = 5 }; /* longer than the limit: that is what is tested */

static int out;

/* Says which process the VM is in, once the script runs. */
static fk_status started(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)params;
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(fk_request_vm(request), &stats);
    const pid_t child = (pid_t)stats.pid;
    if (write(out, &child, sizeof child) != sizeof child) _exit(9);
    return fk_reply(request, NULL);
}

static void serve(const char *backend) {
    const fk_method methods[] = {{.name = "started", .call = started}, {0}};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = backend;
    options.directory = FK_FOLDER;
    options.script = "frozen.lua";
    options.methods = methods;
    options.call_timeout = limit_ms;
    fk_vm *vm;
    if (fk_vm_open(&options, &vm) != FK_OK) _exit(8);
    const fk_status status = fk_vm_call(vm, "work", NULL, NULL);
    if (status != FK_OK) fprintf(stderr, "%s: %s\n", backend, fk_error_last()->message);
    fk_vm_close(vm);
    _exit(status == FK_OK ? 0 : 7);
}

static void freeze(const char *backend) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    out = ends[1];
    const pid_t server = fork();
    assert_true(server >= 0);
    if (server == 0) serve(backend);
    close(ends[1]);
    pid_t child = 0;
    assert_int_equal(read(ends[0], &child, sizeof child), sizeof child);
    if (child) assert_int_equal(kill(child, SIGSTOP), 0);
    assert_int_equal(kill(server, SIGSTOP), 0);
    int status = 0;
    assert_int_equal(waitpid(server, &status, WUNTRACED), server);
    assert_true(WIFSTOPPED(status));
    nanosleep(&(struct timespec){.tv_sec = frozen_s}, NULL);
    assert_int_equal(kill(server, SIGCONT), 0);
    if (child) assert_int_equal(kill(child, SIGCONT), 0);
    assert_int_equal(waitpid(server, &status, 0), server);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(ends[0]);
}

static void embedded(void **state) {
    (void)state;
    freeze("embedded");
}

static void process(void **state) {
    (void)state;
    freeze("process");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(embedded), cmocka_unit_test(process)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
