/* SPDX-License-Identifier: MIT */
/* No child by command outlives its VM or its server, however busy it is and whoever else there is.
 * The program is the server, which is killed, and the child, which never ends by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fk_vm.h"

enum { hang_s = 60 }; /* a limit that only a hang reaches */

static const char *program;

/* ---- the child ------------------------------------------------------------------------------ */

static void say(const char *text) {
    if (write(1, text, strlen(text)) < 0) _exit(1);
}

/* Answers the calls "tell" and "bye"; "work" never ends; nor does "bare", which closes all but the
 * streams before. */
static int be_child(void) {
    say("{\"jsonrpc\":\"2.0\",\"method\":\"hello\"}\n");
    char line[1000], answer[200];
    for (int id = 1; fgets(line, sizeof line, stdin);) {
        const bool bare = strstr(line, "\"bare\"");
        for (int fd = 3; bare && fd < 4096; fd++) close(fd);
        const pid_t heir = bare || strstr(line, "\"work\"") ? fork() : 0;
        if (heir > 0) {
            snprintf(answer, sizeof answer,
                     "{\"jsonrpc\":\"2.0\",\"method\":\"working\",\"params\":[%d]}\n", (int)heir);
            say(answer);
        }
        for (volatile int spin = bare || strstr(line, "\"work\""); spin;) {
        }
        snprintf(answer, sizeof answer, "{\"jsonrpc\":\"2.0\",\"result\":1,\"id\":%d}\n", id++);
        say(answer);
    }
    return 0;
}

/* ---- the server ----------------------------------------------------------------------------- */

typedef struct found {
    pid_t child, heir;
} found;

static fk_status working(void *user, fk_request *request, const fk_value *params) {
    (void)request;
    ((found *)user)->heir = (pid_t)params->items[0].integer;
    return FK_OK;
}

static fk_vm *open_child(found *pids, uint32_t call_timeout) {
    const char *const command[] = {program, "child", NULL};
    const fk_method methods[] = {{.name = "working", .call = working, .user = pids}, {0}};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.methods = methods;
    options.sandbox = FK_SANDBOX_TRUSTED; /* it may fork */
    options.call_timeout = call_timeout;
    options.close_timeout = 100;
    fk_vm *vm = NULL;
    if (fk_vm_open(&options, &vm) != FK_OK) {
        fprintf(stderr, "%s\n", fk_error_last()->message);
        abort();
    }
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm, &stats);
    pids->child = (pid_t)stats.pid;
    return vm;
}

/* Has the child begin to work, and waits until it does. */
static void begin(fk_vm *vm, const char *method, found *pids) {
    pids->heir = 0;
    if (fk_vm_notify(vm, method, NULL) != FK_OK) abort();
    struct pollfd ready = {fk_vm_fd(vm), POLLIN, 0};
    while (!pids->heir && poll(&ready, 1, hang_s * 1000) > 0 && fk_vm_poll(vm) == FK_OK) {
    }
}

static void in_server(const char *method, bool copied, int tell) {
    found pids;
    fk_vm *vm = open_child(&pids, 0);
    const pid_t copy = copied ? fork() : -1; /* it holds all that a fork leaves to it */
    if (copy == 0) {
        close(tell);
        for (;;) pause();
    }
    begin(vm, method, &pids);
    const pid_t told[] = {pids.child, pids.heir, copy};
    if (write(tell, told, sizeof told) != sizeof told) abort();
    kill(getpid(), SIGKILL);
}

/* What has lost its parent is ours: it must end by SIGKILL. Returns the seconds that it took. */
static double reap(pid_t pid) {
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    int status = 0;
    alarm(hang_s);
    while (waitpid(pid, &status, 0) != pid)
        if (errno != EINTR && errno != ECHILD) fail_msg("waitpid: %s", strerror(errno));
    alarm(0);
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
}

static void server_killed(const char *method, bool copied) {
    int ends[2];
    pid_t told[3] = {0};
    assert_int_equal(pipe(ends), 0);
    const pid_t server = fork();
    if (server == 0) in_server(method, copied, ends[1]);
    close(ends[1]);
    assert_int_equal(read(ends[0], told, sizeof told), sizeof told);
    close(ends[0]);
    reap(server);
    const double took = reap(told[0]) + reap(told[1]);
    if (took > 3) /* a second is wanted; a busy machine gets more */
        fail_msg("the child and what it had started were left for %.1f s", took);
    if (copied) kill(told[2], SIGKILL), reap(told[2]);
}

static void killed_server(void **state) {
    (void)state;
    server_killed("work", false);
}

/* It closes every descriptor that it does not know, as daemons do. */
static void killed_server_of_a_child_without_descriptors(void **state) {
    (void)state;
    server_killed("bare", false);
}

static void killed_server_that_had_forked(void **state) {
    (void)state;
    server_killed("work", true);
}

static void *open_here(void *argument) { return open_child(argument, 0); }

static void thread_that_opened_it_ends(void **state) {
    (void)state;
    found pids;
    pthread_t thread;
    void *vm = NULL;
    assert_int_equal(pthread_create(&thread, NULL, open_here, &pids), 0);
    assert_int_equal(pthread_join(thread, &vm), 0);
    assert_int_equal(fk_vm_call(vm, "tell", NULL, NULL), FK_OK);
    assert_int_equal(kill(pids.child, 0), 0);
    assert_int_equal(fk_vm_close(vm), FK_OK);
}

/* Everything ends with the VM, also while a copy of the server lives. */
static void closed_while_a_copy_lives(void **state) {
    (void)state;
    found pids;
    fk_vm *vm = open_child(&pids, 0);
    const pid_t copy = fork();
    if (copy == 0)
        for (;;) pause();
    begin(vm, "work", &pids);
    assert_int_equal(fk_vm_close(vm), FK_OK);
    reap(pids.heir);
    assert_true(kill(pids.child, 0) != 0 && errno == ESRCH);
    kill(copy, SIGKILL);
    reap(copy);
}

int main(int argc, char **argv) {
    program = argv[0];
    if (argc > 1) return be_child();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_server),
        cmocka_unit_test(killed_server_of_a_child_without_descriptors),
        cmocka_unit_test(killed_server_that_had_forked),
        cmocka_unit_test(thread_that_opened_it_ends), cmocka_unit_test(closed_while_a_copy_lives)};
    return cmocka_run_group_tests_name("orphans", tests, NULL, NULL);
}
