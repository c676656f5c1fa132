/* SPDX-License-Identifier: MIT */
/* Systems that lack what the sandbox would like: no Landlock, no seccomp, no /proc. */
#include "hostile.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LANDLOCK_CREATE_RULESET 444

/* From here on these system calls are unknown to this process and its children. */
static void take_away(const unsigned *numbers, unsigned count) {
    struct sock_filter code[16] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    unsigned n = 1;
    for (unsigned i = 0; i < count; i++) {
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, numbers[i], 0, 1);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
    }
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = {(unsigned short)n, code};
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

/* The old way to a filter: prctl(PR_SET_SECCOMP). */
static void take_prctl_away(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 offsetof(struct seccomp_data, args)), /* its lower half */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const struct sock_fprog program = {sizeof code / sizeof *code, code};
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static void expect_without(const char *missing) {
    fk_vm_options options = hostile_options("server.lua");
    fk_vm *vm = open_apart(&options);
    CHECK(works(vm, "yes"));
    fk_stats stats = FK_STATS_INIT;
    CHECK(fk_vm_stats(vm, &stats) == FK_OK && stats.sandbox_reached);
    CHECK(!strstr(stats.sandbox_reached, missing));
    CHECK(fk_vm_close(vm) == FK_OK);
    options.sandbox = FK_SANDBOX_STRICT;
    CHECK(fk_vm_open(&options, &vm) == FK_OPEN_FAILED);
    if (on(IN_CHILD)) CHECK(strstr(fk_error_last()->message, missing));
}

static void no_landlock_body(void) {
    const unsigned numbers[] = {LANDLOCK_CREATE_RULESET};
    take_away(numbers, 1);
    expect_without("landlock");
}

static void no_seccomp_body(void) {
    const unsigned numbers[] = {SYS_seccomp};
    take_away(numbers, 1);
    take_prctl_away(); /* last: it needs it itself */
    expect_without("seccomp");
}

/* Where this process may not hide /proc, there is nothing to see. */
static void no_proc_body(void) {
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", "/proc", "tmpfs", 0, NULL) != 0) {
        dprintf(2, "C10.no-proc: cannot hide /proc here: %s\n", strerror(errno));
        return;
    }
    CHECK(access("/proc/self", F_OK) != 0);
    /* The programs of a build find their library through /proc; those of a system do not need
     * it. */
    char library[] = "LD_LIBRARY_PATH=" FK_LIBRARY;
    *strrchr(library, '/') = '\0';
    const char *const environment[] = {library, NULL};
    fk_vm_options options = hostile_options("server.lua");
    options.environment = environment;
    fk_vm *vm = open_apart(&options);
    CHECK(works(vm, "yes"));
    fk_stats stats = FK_STATS_INIT;
    CHECK(fk_vm_stats(vm, &stats) == FK_OK && stats.sandbox_reached);
    CHECK(fk_vm_close(vm) == FK_OK);
}

static void apart(void **state) { run_apart((void (*)(void)) * state); }

static const item items[] = {{"C10.no-landlock", EVERYWHERE, apart, (const void *)no_landlock_body},
                             {"C10.no-seccomp", EVERYWHERE, apart, (const void *)no_seccomp_body},
                             {"C10.no-proc", EVERYWHERE, apart, (const void *)no_proc_body}};
TOPIC(server_container, items);
