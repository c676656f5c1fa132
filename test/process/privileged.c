/* SPDX-License-Identifier: MIT */
/* A set-user-id server takes no program, no path and no setting from its caller. The kernel's word
 * for one is AT_SECURE; here this program says it to the library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fk_vm.h"

static char folder[] = "/tmp/fk-privileged-XXXXXX", made[64], said[500];

/* By system calls alone: sanitizers ask it before they are ready for more. */
unsigned long getauxval(unsigned long type) {
    if (type == AT_SECURE) return 1;
    unsigned long entry[2] = {0, 0};
    const long file = syscall(SYS_openat, AT_FDCWD, "/proc/self/auxv", O_RDONLY | O_CLOEXEC);
    while (syscall(SYS_read, file, entry, sizeof entry) == (long)sizeof entry && entry[0] != type) {
    }
    syscall(SYS_close, file);
    return entry[0] == type ? entry[1] : 0;
}

static void write_file(const char *name, const char *text, mode_t mode) {
    char path[100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static int setup(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(made, sizeof made, "%s/made", folder);
    char evil[100];
    snprintf(evil, sizeof evil, "#!/bin/sh\ntouch %s\n", made);
    write_file("lua5.4", evil, 0755);
    write_file("fkvm-host", evil, 0755);
    snprintf(evil, sizeof evil, "io.open('%s', 'w'):close() return {}", made);
    write_file("evil.lua", evil, 0644);
    write_file("game.lua", "function f() return (pcall(require, 'evil')) end", 0644);
    snprintf(evil, sizeof evil, "%s:/usr/bin:/bin", folder);
    setenv("PATH", evil, 1);
    setenv("HOME", folder, 1);
    snprintf(evil, sizeof evil, "%s/?.lua", folder);
    setenv("LUA_PATH", evil, 1);
    setenv("LUA_PATH_5_4", evil, 1);
    snprintf(evil, sizeof evil, "%s/fkvm-host", folder);
    setenv("FK_VM_HOST", evil, 1);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    char line[100];
    snprintf(line, sizeof line, "rm -rf %s", folder);
    return system(line);
}

static void hear(void *user, fk_level level, const char *text, size_t size) {
    (void)user, (void)level;
    const size_t used = strlen(said);
    snprintf(said + used, sizeof said - used, "%.*s\n", (int)size, text);
}

static void expect_nothing_made(void) { assert_int_equal(access(made, F_OK), -1); }

static void command_of_the_path(void **state) {
    (void)state;
    static const char child[] = "print(os.getenv 'PATH', os.getenv 'HOME', os.getenv 'LUA_PATH') "
                                "print '{\"jsonrpc\":\"2.0\",\"method\":\"hello\"}' "
                                "io.stdout:flush() io.read()";
    const char *const command[] = {"lua5.4", "-e", child, NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.output = hear;
    fk_vm *vm = NULL;
    if (fk_vm_open(&options, &vm) != FK_OK) fail_msg("%s", fk_error_last()->message);
    assert_int_equal(fk_vm_close(vm), FK_OK);
    assert_string_equal(said, "/usr/local/bin:/usr/bin:/bin\tnil\tnil\n");
    expect_nothing_made();
}

static void host(void **state) {
    (void)state;
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.script = "game.lua";
    options.directory = folder;
    fk_vm *vm = NULL;
    if (fk_vm_open(&options, &vm) == FK_OK) /* it is installed */
        assert_int_equal(fk_vm_close(vm), FK_OK);
    else
        assert_non_null(strstr(fk_error_last()->message, FK_HOST_INSTALLED));
    expect_nothing_made();
}

static void modules(void **state) {
    (void)state;
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    char script[100];
    snprintf(script, sizeof script, "%s/game.lua", folder);
    options.backend = "embedded";
    options.script = script;
    options.directory = "/usr"; /* so that "./?.lua" finds nothing */
    options.sandbox = FK_SANDBOX_TRUSTED;
    fk_vm *vm = NULL;
    if (fk_vm_open(&options, &vm) != FK_OK) fail_msg("%s", fk_error_last()->message);
    fk_value *found = NULL;
    assert_int_equal(fk_vm_call(vm, "f", NULL, &found), FK_OK);
    assert_true(found->kind == FK_BOOL && !found->integer);
    fk_value_free(found);
    assert_int_equal(fk_vm_close(vm), FK_OK);
    expect_nothing_made();
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(command_of_the_path),
                                       cmocka_unit_test(host), cmocka_unit_test(modules)};
    return cmocka_run_group_tests_name("privileged", tests, setup, teardown);
}
