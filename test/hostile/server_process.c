/* SPDX-License-Identifier: MIT */
/* A server's process: copies of itself, its end, its environment, its descriptors. */
#include "hostile.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static fk_vm *open_server(void) {
    const fk_vm_options options = hostile_options("server.lua");
    return open_apart(&options);
}

/* ---- copies and ends ----------------------------------------------------------------------- */

static void in_the_copy(fk_vm *vm) {
    fk_stats stats = FK_STATS_INIT;
    CHECK(fk_vm_call(vm, "yes", NULL, NULL) == FK_INVALID);
    CHECK(strstr(fk_error_last()->message, "forked copy"));
    CHECK(fk_vm_notify(vm, "yes", NULL) == FK_INVALID);
    CHECK(fk_vm_poll(vm) == FK_INVALID);
    CHECK(fk_vm_interrupt(vm) == FK_INVALID);
    CHECK(fk_vm_stats(vm, &stats) == FK_INVALID);
    CHECK(fk_vm_fd(vm) == -1);
    CHECK(fk_vm_close(vm) == FK_INVALID);
    fk_vm *own = open_server(); /* it may have VMs of its own */
    CHECK(works(own, "yes"));
    CHECK(fk_vm_close(own) == FK_OK);
    exit(0);
}

static void fork_body(void) {
    fk_vm *vm = open_server();
    CHECK(works(vm, "yes"));
    const pid_t copy = fork();
    if (copy == 0) in_the_copy(vm);
    int status = -1;
    CHECK(waitpid(copy, &status, 0) == copy && status == 0);
    CHECK(works(vm, "yes"));
    CHECK(fk_vm_close(vm) == FK_OK);
}

static void exit_body(void) {
    for (int i = 0; i < 3; i++) CHECK(works(open_server(), "yes"));
    exit(0);
}

static void run_dlopen_test(void) {
    execl(FK_DLOPEN_TEST, FK_DLOPEN_TEST, FK_LIBRARY, FK_DLOPEN_SCRIPT, (char *)NULL);
    CHECK(!"exec");
}

/* ---- environment --------------------------------------------------------------------------- */

static void chdir_body(void) {
    fk_vm_options options = hostile_options("server.lua");
    CHECK(chdir(scripts_folder) == 0);
    options.directory = NULL; /* where the caller is at open */
    fk_vm *vm = open_apart(&options);
    CHECK(chdir("/") == 0);
    CHECK(works(vm, "read_file"));
    CHECK(fk_vm_close(vm) == FK_OK);
}

static void umask_body(void) {
    umask(0777);
    fk_vm *vm = open_server();
    CHECK(works(vm, "yes"));
    CHECK(fk_vm_close(vm) == FK_OK);
}

/* A locale with a decimal comma, made for the test; whole when it appears, for others may be at
 * it. */
static void locale_body(void) {
    CHECK(setlocale(LC_ALL, "C.UTF-8") || setlocale(LC_ALL, "C.utf8"));
    CHECK(system("mkdir -p /tmp/fk-hostile-locale && cd /tmp/fk-hostile-locale && { [ -d comma ] "
                 "|| { localedef -c -i " FK_HOSTILE_FOLDER
                 "/comma.locale -f UTF-8 ./$$ >/dev/null 2>&1; mv -T $$ comma 2>/dev/null; rm -rf "
                 "$$; }; [ -d comma ]; }") == 0);
    CHECK(setenv("LOCPATH", "/tmp/fk-hostile-locale", 1) == 0);
    CHECK(setlocale(LC_NUMERIC, "comma"));
    char text[32];
    snprintf(text, sizeof text, "%.1f", 1.5);
    CHECK(strcmp(text, "1,5") == 0);
    fk_vm *vm = open_server();
    fk_value *result = NULL;
    CHECK(fk_vm_call(vm, "half", NULL, &result) == FK_OK &&
          fk_value_equal(result, &FK_DOUBLE(1.5)));
    char *json = NULL;
    CHECK(fk_value_to_json(result, &json, NULL) == FK_OK && strcmp(json, "1.5") == 0);
    fk_text_free(json);
    fk_value_free(result);
    CHECK(fk_value_from_json("1.5", 3, &result) == FK_OK &&
          fk_value_equal(result, &FK_DOUBLE(1.5)));
    fk_value_free(result);
    CHECK(fk_vm_close(vm) == FK_OK);
}

static void environment_body(void) {
    setenv("LUA_INIT", "error('LUA_INIT ran')", 1);
    setenv("LUA_INIT_5_4", "error('LUA_INIT ran')", 1);
    setenv("LD_PRELOAD", "", 1);
    setenv("FK_SECRET", "a key", 1);
    fk_vm_options options = hostile_options("server.lua");
    options.sandbox = FK_SANDBOX_TRUSTED; /* or os.getenv would say nothing */
    fk_vm *vm = open_apart(&options);
    CHECK(works(vm, "clean_environment"));
    CHECK(fk_vm_close(vm) == FK_OK);
}

/* A library that is not there would be named on the child's stderr. */
static void preload_body(void) {
    setenv("LD_PRELOAD", "/nowhere/lib.so", 1);
    fk_vm *vm = open_server();
    CHECK(works(vm, "yes"));
    CHECK(fk_vm_close(vm) == FK_OK);
    CHECK(!strstr(output_text(), "nowhere"));
}

/* ---- descriptors --------------------------------------------------------------------------- */

static void closed_streams_body(void) {
    fk_vm_options options = hostile_options("server.lua");
    for (int fd = 0; fd < 3; fd++) close(fd);
    fk_vm *vm = NULL;
    if (fk_vm_open(&options, &vm) != FK_OK) _exit(10);
    if (!works(vm, "yes") || !works(vm, "prints")) _exit(11);
    if (fk_vm_fd(vm) >= 0 && fk_vm_fd(vm) < 3) _exit(12);
    if (open("/dev/null", O_RDWR) != 0 || dup(0) != 1 || dup(0) != 2)
        _exit(13); /* nothing of ours is there */
    if (!works(vm, "yes")) _exit(14);
    if (fk_vm_close(vm) != FK_OK) _exit(15);
    _exit(strcmp(output_text(), "print: printed\n") ? 16 : 0);
}

static void many_descriptors_body(void) {
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    int last = 0;
    while (last < 1500) CHECK((last = dup(2)) >= 0);
    fk_vm *vm = open_server();
    CHECK(works(vm, "yes"));
    if (on(IN_CHILD)) CHECK(fk_vm_fd(vm) > 1500);
    CHECK(fk_vm_poll(vm) == FK_OK);
    CHECK(works(vm, "prints"));
    CHECK(fk_vm_close(vm) == FK_OK);
}

static int descriptors(void) {
    int count = 0;
    for (int fd = 0; fd < 1024; fd++) count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* With room for no descriptor more, for one more, for two ...: each open fails cleanly until one
 * works. */
static void no_descriptors_body(void) {
    fk_vm *other = open_server();
    CHECK(works(other, "yes"));
    const int used = descriptors();
    bool opened = false;
    for (int more = 0; !opened; more++) {
        CHECK(more < 64);
        const struct rlimit limit = {(rlim_t)(used + more), 1024};
        CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
        const fk_vm_options options = hostile_options("server.lua");
        fk_vm *vm = NULL;
        const fk_status status = fk_vm_open(&options, &vm);
        opened = status == FK_OK;
        CHECK(opened || (status == FK_OPEN_FAILED && *fk_error_last()->message));
        CHECK(fk_vm_close(vm) == FK_OK);
        CHECK(descriptors() == used);
        CHECK(works(other, "yes"));
    }
    CHECK(fk_vm_close(other) == FK_OK);
}

static void no_processes_body(void) {
    fk_vm *other = open_server();
    if (getuid() == 0) CHECK(setgid(54321) == 0 && setuid(54321) == 0); /* root has no such limit */
    const struct rlimit none = {0, 0};
    CHECK(setrlimit(RLIMIT_NPROC, &none) == 0);
    const fk_vm_options options = hostile_options("server.lua");
    fk_vm *vm = NULL;
    const fk_status status = fk_vm_open(&options, &vm);
    /* In a tree that others may not read (under /root), the new user cannot even try. */
    const bool may_try = access(options.directory, R_OK) == 0;
    if (on(IN_CHILD) && may_try)
        CHECK(status == FK_OPEN_FAILED &&
              strstr(fk_error_last()->message, "Resource temporarily unavailable"));
    CHECK(fk_vm_close(vm) == FK_OK);
    CHECK(works(other, "yes"));
    CHECK(fk_vm_close(other) == FK_OK);
}

static void apart(void **state) { run_apart((void (*)(void)) * state); }

#define APART(name, where, body)                                                                   \
    { name, where, apart, (const void *)(body) }

static const item items[] = {APART("C5.fork", EVERYWHERE, fork_body),
                             APART("C5.exit", EVERYWHERE, exit_body),
                             APART("C5.dlclose", SIGNAL | PROCESS, run_dlopen_test),
                             APART("C7.closed-streams", EVERYWHERE, closed_streams_body),
                             APART("C7.above-1024", EVERYWHERE, many_descriptors_body),
                             APART("C7.no-descriptors", EVERYWHERE, no_descriptors_body),
                             APART("C7.no-processes", EVERYWHERE, no_processes_body),
                             APART("C8.chdir", EVERYWHERE, chdir_body),
                             APART("C8.umask", EVERYWHERE, umask_body),
                             APART("C8.locale", EVERYWHERE, locale_body),
                             APART("C8.lua-init", IN_CHILD, environment_body),
                             APART("C8.ld-preload", EVERYWHERE, preload_body)};
TOPIC(server_process, items);
