/* SPDX-License-Identifier: MIT */
/* A server's signals and its way with children: what it ignores, blocks or reaps; and its violent
 * end. */
#include "hostile.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static fk_vm *open_server(void) {
    const fk_vm_options options = hostile_options("server.lua");
    return open_apart(&options);
}

static pid_t child_of(fk_vm *vm) {
    fk_stats stats = FK_STATS_INIT;
    CHECK(fk_vm_stats(vm, &stats) == FK_OK);
    return (pid_t)stats.pid;
}

/* Kills the child and sees the VM's death, whoever reaps it. */
static void kill_and_see(fk_vm *vm) {
    CHECK(kill(child_of(vm), SIGKILL) == 0);
    const fk_status status = fk_vm_call(vm, "yes", NULL, NULL);
    CHECK(status == FK_VM_DIED && !fk_error_last()->vm_alive && *fk_error_last()->message);
    CHECK(fk_vm_call(vm, "yes", NULL, NULL) == FK_VM_DIED);
    CHECK(fk_vm_close(vm) == FK_OK);
}

/* Writing to a dead child's pipe raises nothing. */
static void sigpipe_body(void) {
    signal(SIGPIPE, SIG_DFL);
    fk_vm *vm = open_server();
    CHECK(kill(child_of(vm), SIGKILL) == 0);
    char *bytes = calloc(1, 1 << 20);
    const fk_value params[] = {FK_BYTES(bytes, 1 << 20)};
    fk_status status = FK_OK;
    while (status == FK_OK) status = fk_vm_notify(vm, "yes", &FK_ARRAY(params));
    free(bytes);
    CHECK(status == FK_VM_DIED);
    CHECK(fk_vm_close(vm) == FK_OK);
}

static void sigchld_ignored_body(void) {
    signal(SIGCHLD, SIG_IGN);
    fk_vm *vm = open_server();
    CHECK(works(vm, "yes"));
    if (on(IN_CHILD)) {
        kill_and_see(vm);
        vm = open_server();
    }
    CHECK(fk_vm_close(vm) == FK_OK);
}

static atomic_bool stop;

static void *reap_everything(void *unused) {
    const struct timespec moment = {0, 200000};
    while (!atomic_load(&stop)) {
        waitpid(-1, NULL, WNOHANG);
        nanosleep(&moment, NULL);
    }
    return unused;
}

static void reaped_elsewhere_body(void) {
    pthread_t reaper;
    CHECK(pthread_create(&reaper, NULL, reap_everything, NULL) == 0);
    for (int i = 0; i < 10; i++) {
        fk_vm *vm = open_server();
        CHECK(works(vm, "yes"));
        if (i % 2 && on(IN_CHILD))
            kill_and_see(vm);
        else
            CHECK(fk_vm_close(vm) == FK_OK);
    }
    atomic_store(&stop, true);
    pthread_join(reaper, NULL);
}

static volatile sig_atomic_t alarms;
static void count_alarm(int signal) { (void)signal, alarms++; }
static fk_status pass(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)params;
    return fk_reply(request, NULL);
}

/* A thousand signals a second that restart nothing. */
static void eintr_body(void) {
    struct sigaction action = {.sa_handler = count_alarm};
    CHECK(sigaction(SIGVTALRM, &action, NULL) == 0);
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGVTALRM};
    const struct itimerspec often = {{0, 1000000}, {0, 1000000}};
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 &&
          timer_settime(timer, 0, &often, NULL) == 0);
    const fk_method methods[] = {{.name = "host", .call = pass}, {0}};
    fk_vm_options options = hostile_options("server.lua");
    options.methods = methods;
    options.close_timeout = 5000;
    for (int i = 0; i < 5 || alarms < 50; i++) {
        fk_vm *vm = open_apart(&options);
        for (int k = 0; k < 20; k++) CHECK(works(vm, "call_host_twice"));
        fk_value *big = NULL;
        CHECK(fk_vm_call(vm, "big", NULL, &big) == FK_OK && big->size == 1 << 20);
        const fk_value params[] = {*big};
        CHECK(fk_vm_call(vm, "yes", &FK_ARRAY(params), NULL) == FK_OK);
        fk_value_free(big);
        CHECK(fk_vm_poll(vm) == FK_OK);
        CHECK(fk_vm_close(vm) == FK_OK);
    }
    timer_delete(timer);
}

static uint64_t mask_of(pid_t pid, const char *name) {
    char path[64], line[256];
    unsigned long long mask = ~0ull;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    CHECK(file);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0) sscanf(line + strlen(name), ": %llx", &mask);
    fclose(file);
    return mask;
}

/* What the server blocks and ignores is not the child's. */
static void blocked_body(void) {
    sigset_t all;
    sigfillset(&all);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGUSR1, SIG_IGN);
    CHECK(pthread_sigmask(SIG_BLOCK, &all, NULL) == 0);
    fk_vm *vm = open_server();
    CHECK(works(vm, "yes"));
    if (on(IN_CHILD)) {
        CHECK(mask_of(child_of(vm), "SigBlk") == 0);
        CHECK((mask_of(child_of(vm), "SigIgn") & (1u << (SIGUSR1 - 1))) == 0);
    }
    CHECK(fk_vm_close(vm) == FK_OK);
    sigset_t now;
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &now) == 0 &&
          sigismember(&now, SIGUSR2)); /* as it was */
}

/* A thread of a pool that blocks all signals, as many do: its calls have time limits too. */
static void *call_with_all_blocked(void *unused) {
    sigset_t all;
    sigfillset(&all);
    CHECK(pthread_sigmask(SIG_BLOCK, &all, NULL) == 0);
    fk_vm_options options = hostile_options("server.lua");
    options.call_timeout = 150;
    fk_vm *vm = open_apart(&options);
    const double start = seconds_now();
    CHECK(fk_vm_call(vm, "spin", NULL, NULL) == FK_TIMEOUT);
    CHECK(seconds_now() - start < 4);
    CHECK(fk_vm_close(vm) == FK_OK);
    return unused;
}

static void blocked_timeout_body(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, call_with_all_blocked, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

/* ---- the server is killed while Lua spins -------------------------------------------------- */

static void spin_server(int out) {
    fk_vm_options options = hostile_options("server.lua");
    options.call_timeout = FK_NO_LIMIT;
    fk_vm *vm = open_apart(&options);
    const pid_t pid = child_of(vm);
    CHECK(write(out, &pid, sizeof pid) == sizeof pid);
    fk_vm_call(vm, "spin", NULL, NULL);
    CHECK(!"it came back");
}

static bool is_gone(void *pid) {
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
    return kill(*(pid_t *)pid, 0) != 0 && errno == ESRCH;
}

static void killed_body(void) {
    const char *text = getenv("FK_HOSTILE_KILLS");
    const int rounds = text ? atoi(text) : 5;
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0); /* orphans come to us */
    double longest = 0;
    for (int i = 0; i < rounds; i++) {
        int ends[2];
        CHECK(pipe(ends) == 0);
        const pid_t server = fork();
        if (server == 0) spin_server(ends[1]);
        close(ends[1]);
        pid_t child = 0;
        CHECK(read(ends[0], &child, sizeof child) == sizeof child && child > 0);
        close(ends[0]);
        const struct timespec moment = {0, 1000000L * (i % 20)};
        nanosleep(&moment, NULL); /* into the spinning, not a wait for it */
        CHECK(kill(server, SIGKILL) == 0);
        const double start = seconds_now();
        CHECK(within(FK_SANITIZED ? 5 : text ? 1 : 3, is_gone, &child));
        if (seconds_now() - start > longest) longest = seconds_now() - start;
    }
    if (text)
        dprintf(2, "%d servers killed; the child was gone after at most %.3f s\n", rounds, longest);
}

static void apart(void **state) { run_apart((void (*)(void)) * state); }

#define APART(name, where, body)                                                                   \
    { name, where, apart, (const void *)(body) }

static const item items[] = {APART("C6.sigpipe", IN_CHILD, sigpipe_body),
                             APART("C6.sigchld-ignored", EVERYWHERE, sigchld_ignored_body),
                             APART("C6.reaped-elsewhere", EVERYWHERE, reaped_elsewhere_body),
                             APART("C6.eintr", EVERYWHERE, eintr_body),
                             APART("C6.blocked-signals", EVERYWHERE, blocked_body),
                             APART("C6.blocked-and-timeout", EVERYWHERE, blocked_timeout_body),
                             APART("C9.server-killed", IN_CHILD, killed_body)};
TOPIC(server_signals, items);
