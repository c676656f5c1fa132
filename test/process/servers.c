/* SPDX-License-Identifier: MIT */
/* What becomes of busy children, ours and foreign ones, whose server is killed or gives up its
 * privileges. */
#include "fk_vm.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { limit_ms = 50000, nobody = 65534 }; /* a limit that only a hang reaches */

/* A foreign child: says hello, answers calls of "ping", and spins for any other. */
static const char spinning[] =
    "io.stdout:setvbuf 'no' print '{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":[{}]}' "
    "for line in io.lines() do local id = line:match '\"id\":(%d+)' "
    "if line:find('\"ping\"', 1, true) then print('{\"jsonrpc\":\"2.0\",\"result\":1,\"id\":' .. "
    "id .. '}') "
    "else while true do end end end while true do end";
static const char *const foreign[] = {FK_LUA, "-e", spinning, NULL};

static fk_vm *open_child(const char *const *command) {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.directory = FK_FOLDER;
    options.script = command ? NULL : "servers.lua";
    options.close_timeout = 300;
    fk_vm *vm = NULL;
    if (fk_vm_open(&options, &vm) != FK_OK) {
        fprintf(stderr, "%s\n", fk_error_last()->message);
        abort();
    }
    return vm;
}

static pid_t pid_of(fk_vm *vm) {
    fk_stats stats = FK_STATS_INIT;
    if (fk_vm_stats(vm, &stats) != FK_OK) abort();
    return (pid_t)stats.pid;
}

static int watch(pid_t pid) {
    const int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    assert_true(pidfd >= 0);
    return pidfd;
}

static void expect_end(int pidfd) {
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    assert_int_equal(poll(&ended, 1, limit_ms), 1);
    close(pidfd);
}

/* Runs body in a process of its own, which says the pid of its VM's child and then waits or
 * ends. */
static pid_t be_a_server(void (*body)(int out), int *out) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t server = fork();
    assert_true(server >= 0);
    if (server == 0) {
        close(ends[0]);
        body(ends[1]);
        _exit(0);
    }
    close(ends[1]);
    *out = ends[0];
    return server;
}

static pid_t read_pid(int in) {
    pid_t pid = 0;
    assert_int_equal(read(in, &pid, sizeof pid), sizeof pid);
    return pid;
}

static void say(int out, const void *what, size_t size) {
    if (write(out, what, size) != (ssize_t)size) _exit(9);
}

static void serve_busy_child(int out, const char *const *command) {
    fk_vm *vm = open_child(command);
    const pid_t child = pid_of(vm);
    if (fk_vm_notify(vm, "spin", NULL) != FK_OK) _exit(9);
    say(out, &child, sizeof child);
    for (;;) pause();
}
static void serve_foreign(int out) { serve_busy_child(out, foreign); }
static void serve_ours(int out) { serve_busy_child(out, NULL); }

static void killed_server(void **state) {
    (void)state;
    void (*const kinds[])(int) = {serve_foreign, serve_ours};
    for (int i = 0; i < 2; i++) {
        int in;
        const pid_t server = be_a_server(kinds[i], &in);
        const int child = watch(read_pid(in));
        assert_int_equal(kill(server, SIGKILL), 0);
        assert_int_equal(waitpid(server, NULL, 0), server);
        expect_end(child);
        close(in);
    }
}

typedef struct closing {
    fk_status status;
    char message[600];
} closing;

/* Gives up its privileges while its child works, and closes the VM. */
static void drop_and_close(int out, const char *const *command) {
    fk_vm *vm = open_child(command);
    const pid_t child = pid_of(vm);
    if (fk_vm_notify(vm, "spin", NULL) != FK_OK) _exit(9);
    say(out, &child, sizeof child);
    if (setresuid(nobody, nobody, nobody) != 0) _exit(9);
    closing end = {.status = fk_vm_close(vm)};
    snprintf(end.message, sizeof end.message, "%s", fk_error_last()->message);
    say(out, &end, sizeof end);
    for (;;) pause();
}
static void drop_ours(int out) { drop_and_close(out, NULL); }
static void drop_foreign(int out) { drop_and_close(out, foreign); }

static closing read_closing(int in) {
    closing end;
    assert_int_equal(read(in, &end, sizeof end), sizeof end);
    return end;
}

static void dropped(void (*body)(int out)) {
    int in;
    const pid_t server = be_a_server(body, &in);
    const int child = watch(read_pid(in));
    const closing end = read_closing(in);
    if (end.status != FK_OK) assert_null(strstr(end.message, " was killed"));
    expect_end(child); /* while its server lives */
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    close(in);
}

static void dropped_privileges(void **state) {
    (void)state;
    if (getuid() != 0) skip();
    for (int i = 0; i < 2; i++) { /* started anew, and as a copy of a template */
        setenv("FK_VM_TEMPLATE", i ? "first" : "off", 1);
        dropped(drop_ours);
    }
    unsetenv("FK_VM_TEMPLATE");
    dropped(drop_foreign);
}

static uid_t uid_of(pid_t pid) {
    char path[64], line[256];
    unsigned uid = 0;
    bool found = false;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "r");
    while (status && !found && fgets(line, sizeof line, status))
        found = sscanf(line, "Uid: %u", &uid) == 1;
    if (status) fclose(status);
    return found ? uid : (uid_t)-1;
}

/* Opens a VM as root, from a template, and another one after it has given up its privileges. */
static void drop_and_open(int out) {
    fk_vm *before = open_child(NULL);
    if (setresgid(nobody, nobody, nobody) != 0 || setresuid(nobody, nobody, nobody) != 0) _exit(9);
    if (access(FK_FOLDER "/servers.lua", R_OK) != 0 || access(FK_HOST, X_OK) != 0) _exit(77);
    fk_vm *after = open_child(NULL);
    const uid_t uids[] = {uid_of(pid_of(before)), uid_of(pid_of(after))};
    say(out, uids, sizeof uids);
    fk_vm_close(after);
    fk_vm_close(before);
}

/* No copy of a template that still has what its server gave up. */
static void opened_later(void **state) {
    (void)state;
    if (getuid() != 0) skip();
    setenv("FK_VM_TEMPLATE", "first", 1);
    int in;
    const pid_t server = be_a_server(drop_and_open, &in);
    uid_t uids[2];
    const ssize_t size = read(in, uids, sizeof uids);
    int status = 0;
    assert_int_equal(waitpid(server, &status, 0), server);
    close(in);
    unsetenv("FK_VM_TEMPLATE");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) skip(); /* nobody cannot reach this build */
    assert_int_equal(status, 0);
    assert_int_equal(size, sizeof uids);
    assert_int_equal(uids[0], 0);
    assert_int_equal(uids[1], nobody);
}

/* A service manager that stops all processes of a server leaves the children to the server. */
static void stopped_service(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        setenv("FK_VM_TEMPLATE", i ? "first" : "off", 1);
        fk_vm *vm = open_child(NULL);
        assert_int_equal(kill(pid_of(vm), SIGTERM), 0);
        assert_int_equal(kill(pid_of(vm), SIGHUP), 0);
        assert_int_equal(fk_vm_call(vm, "ping", NULL, NULL), FK_OK);
        assert_int_equal(fk_vm_close(vm), FK_OK);
    }
    unsetenv("FK_VM_TEMPLATE");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_server), cmocka_unit_test(stopped_service),
        cmocka_unit_test(dropped_privileges), cmocka_unit_test(opened_later)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
