/* SPDX-License-Identifier: MIT */
/* What a child can do once it is confined: attempts.cpp tries it by system calls of its own, under
 * the library's launcher and the host's own sandbox. Skipped, with the reason, where the system
 * lacks a part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fk_vm.h"

static char folder[] = "/tmp/fk_sandbox_XXXXXX";

typedef struct expectation {
    const char *what, *outcome; /* outcomes: any of, separated by | */
} expectation;

static void write_file(const char *directory, const char *name) {
    char path[256];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path) fail();
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("text\n", file);
    fclose(file);
}

/* folder/vm is the VM's, folder/vm/link leads to folder/elsewhere/linked. */
static int make_folder(void **state) {
    char path[128], link[128];
    (void)state;
    assert_non_null(mkdtemp(folder));
    static const char *const inside[] = {"vm", "elsewhere", "elsewhere/linked"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, inside[i]);
        assert_int_equal(mkdir(path, 0700), 0);
        write_file(path, i == 1 ? "secret" : "inside");
    }
    snprintf(link, sizeof link, "%s/vm/link", folder);
    assert_int_equal(symlink(path, link), 0);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static fk_value *attempts_at(uint32_t level, uint32_t flags, char *reached, size_t room) {
    char number[8], directory[256];
    snprintf(number, sizeof number, "%u", level);
    snprintf(directory, sizeof directory, "%s/vm", folder);
    const char *const command[] = {FK_ATTEMPTS, number, directory, NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.directory = directory;
    options.sandbox = level;
    options.flags = flags;
    fk_vm *vm;
    if (fk_vm_open(&options, &vm) != FK_OK) fail_msg("%s", fk_error_last()->message);
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm, &stats), FK_OK);
    snprintf(reached, room, "%s", stats.sandbox_reached);
    fk_value *results = NULL;
    if (fk_vm_call(vm, "attempts", NULL, &results) != FK_OK)
        fail_msg("%s", fk_error_last()->message);
    assert_int_equal(fk_vm_close(vm), FK_OK);
    return results;
}

static const char *text_of(const fk_value *results, const char *what, char *text, size_t room) {
    const fk_value *value = fk_value_member(results, what);
    if (!value || value->kind != FK_STRING) fail_msg("'%s' was not tried", what);
    snprintf(text, room, "%.*s", (int)value->size, value->string);
    return text;
}

static int differences(const fk_value *results, const expectation *list, size_t count) {
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        char got[128], any[128], padded[160];
        text_of(results, list[i].what, got, sizeof got);
        snprintf(any, sizeof any, "|%s|", list[i].outcome);
        snprintf(padded, sizeof padded, "|%s|", got);
        if (strstr(any, padded)) continue;
        print_error("%s: %s came, %s was expected\n", list[i].what, got, list[i].outcome);
        wrong++;
    }
    return wrong;
}
#define DIFFERENCES(results, list) differences(results, list, sizeof(list) / sizeof *(list))

static void confined(void **state) {
    (void)state;
    static const expectation launcher[] = {
        {"core limit", "0"},   {"file limit", "0"}, {"descriptor limit", "256"},
        {"no_new_privs", "1"}, {"own group", "1"},  {"descriptors", "4"},
        {"odd signals", "0"},  {"LD_PRELOAD", ""},  {"LUA_INIT", ""}};
    static const expectation landlock[] = {
        {"open inside", "0"},       {"open by link", "EACCES"},
        {"open zone", "0"},         {"open link's parent", "EACCES"},
        {"open outside", "EACCES"}, {"open proc", "EACCES"},
        {"open root", "EACCES"},    {"thread: open outside", "EACCES"},
        {"write", "EACCES|EPERM"},  {"create", "EACCES|EPERM"}};
    static const expectation seccomp[] = {
        {"template: fork", "0"},     {"write", "EPERM"},
        {"write both", "EPERM"},     {"truncate by open", "EPERM"},
        {"create", "EPERM"},         {"truncate", "EPERM"},
        {"unlink", "EPERM"},         {"rename", "EPERM"},
        {"mkdir", "EPERM"},          {"symlink", "EPERM"},
        {"chmod", "EPERM"},          {"mount", "EPERM"},
        {"chroot", "EPERM"},         {"fork", "EPERM"},
        {"clone3", "ENOSYS"},        {"thread", "0"},
        {"exec", "EPERM"},           {"ptrace", "EPERM"},
        {"read parent", "EPERM"},    {"kill parent", "EPERM"},
        {"kill all", "EPERM"},       {"kill thread of parent", "EPERM"},
        {"kill self", "0"},          {"raise", "0"},
        {"setsid", "EPERM"},         {"unshare", "EPERM"},
        {"socket", "EPERM"},         {"unix socket", "EPERM"},
        {"socketpair", "EPERM"},     {"bpf", "EPERM"},
        {"io_uring", "EPERM"},       {"keyctl", "EPERM"},
        {"perf", "EPERM"},           {"userfaultfd", "EPERM"},
        {"memfd", "EPERM"},          {"setuid", "EPERM"},
        {"raise limit", "EPERM"},    {"dumpable", "0"},
        {"set file flags", "EPERM"}, {"type into a terminal", "EPERM"},
        {"lease", "EPERM"},          {"own signals", "EPERM"},
        {"pick a signal", "EPERM"},  {"notify of a folder", "EPERM"},
        {"grow a pipe", "EPERM"},    {"duplicate", "0"},
        {"bytes waiting", "0"},      {"become dumpable", "EPERM"},
        {"adopt orphans", "EPERM"},  {"be named", "0"}};
    char reached[128], points[16];
    fk_value *results = attempts_at(FK_SANDBOX_GAME, 0, reached, sizeof reached);
    int wrong = DIFFERENCES(results, launcher);
    if (strstr(reached, "landlock")) wrong += DIFFERENCES(results, landlock);
    if (strstr(reached, "seccomp")) wrong += DIFFERENCES(results, seccomp);
    if (!strstr(reached, "rlimit")) wrong++, print_error("rlimit is not in %s\n", reached);
    if (atoi(text_of(results, "oom points", points, sizeof points)) < 500)
        wrong++, print_error("oom points: %s\n", points);
    char missing[256];
    text_of(results, "missing", missing, sizeof missing);
    if (*missing) print_message("not tested here, for this system lacks: %s\n", missing);
    fk_value_free(results);
    assert_int_equal(wrong, 0);
}

/* What a link leads to is within reach, and no more. */
static void links(void **state) {
    (void)state;
    static const expectation followed[] = {
        {"open inside", "0"}, {"open by link", "0"}, {"open link's parent", "EACCES"}};
    char reached[128];
    fk_value *results = attempts_at(FK_SANDBOX_GAME, FK_OPEN_FOLLOW_LINKS, reached, sizeof reached);
    const int wrong = strstr(reached, "landlock") ? DIFFERENCES(results, followed) : 0;
    fk_value_free(results);
    assert_int_equal(wrong, 0);
}

/* A trusted child may do what the server may; only its memory is limited. Its descriptors: three
 * streams and the
   lifeline. */
static void trusted(void **state) {
    (void)state;
    static const expectation free[] = {
        {"fork", "0"},        {"create", "0"},      {"open outside", "0"}, {"no_new_privs", "0"},
        {"descriptors", "4"}, {"odd signals", "0"}, {"missing", ""}};
    char reached[128];
    fk_value *results = attempts_at(FK_SANDBOX_TRUSTED, 0, reached, sizeof reached);
    const int wrong = DIFFERENCES(results, free);
    assert_null(strstr(reached, "seccomp"));
    fk_value_free(results);
    assert_int_equal(wrong, 0);
}

/* What a server has set for itself does not reach the child. */
static void under_an_odd_server(void **state) {
    (void)state;
    static const expectation clean[] = {
        {"odd signals", "0"}, {"descriptors", "4"}, {"LD_PRELOAD", ""}, {"LUA_INIT", ""}};
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    setenv("LUA_INIT", "os.exit(1)", 1);
    setenv("LD_PRELOAD", "", 1);
    char reached[128];
    fk_value *results = attempts_at(FK_SANDBOX_GAME, 0, reached, sizeof reached);
    const int wrong = DIFFERENCES(results, clean);
    fk_value_free(results);
    unsetenv("LUA_INIT");
    unsetenv("LD_PRELOAD");
    signal(SIGPIPE, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    assert_int_equal(wrong, 0);
}

/* A command that says nothing of a sandbox cannot be strict. */
static void strict_command(void **state) {
    (void)state;
    const char *const command[] = {
        "/bin/sh", "-c", "echo '{\"jsonrpc\":\"2.0\",\"method\":\"hello\"}'; read line", NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.sandbox = FK_SANDBOX_STRICT;
    fk_vm *vm;
    assert_int_equal(fk_vm_open(&options, &vm), FK_OPEN_FAILED);
    static const char *const parts[] = {"strict", "landlock", "seccomp", "'rlimit'"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(fk_error_last()->message, parts[i]))
            fail_msg("'%s' is not in: %s", parts[i], fk_error_last()->message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(confined), cmocka_unit_test(links), cmocka_unit_test(trusted),
        cmocka_unit_test(under_an_odd_server), cmocka_unit_test(strict_command)};
    return cmocka_run_group_tests_name("sandbox", tests, make_folder, remove_folder);
}
