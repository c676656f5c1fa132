/* SPDX-License-Identifier: MIT */
/* FK_VM_CRASH_DIR: what a VM leaves there when it dies or reaches a limit, and that nothing there
 * does harm. */
#include "contract.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static int setup(void **state) {
    strcpy(folder, "/tmp/fk-reports-XXXXXX");
    assert_non_null(mkdtemp(folder));
#ifdef _WIN32
    char real[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", realpath(folder, real));
#endif
    setenv("FK_VM_CRASH_DIR", folder, 1);
    return contract_setup(state);
}

static void remove_tree(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

static int teardown(void **state) {
    unsetenv("FK_VM_CRASH_DIR");
    remove_tree();
    return contract_teardown(state);
}

static int count_all(void) {
    int count = 0;
    DIR *listing = opendir(folder);
    for (const struct dirent *entry; (entry = readdir(listing));)
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(listing);
    return count;
}

/* Checks that the latest error names a report, which report_file() then reads. */
static char report_path[400];
static void find_report(void) {
    struct stat status;
    const char *told = NULL; /* the last: a VM inside the VM has told of its own */
    for (const char *at = fk_error_last()->message; (at = strstr(at, "\nA report is in ")); at++)
        told = at;
    if (!told) fail_msg("no report in: %s", fk_error_last()->message);
    snprintf(report_path, sizeof report_path, "%s", told + strlen("\nA report is in "));
    assert_int_equal(strncmp(report_path, folder, strlen(folder)), 0);
    if (stat(report_path, &status) != 0) fail_msg("no folder '%s'", report_path);
#ifndef _WIN32 /* rights are those of the folder above */
    assert_int_equal(status.st_mode & 0777, 0700);
#endif
}

static const char *report_file(const char *name) {
    static char text[1 << 20];
    char path[500];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", report_path, name);
    assert_int_equal(stat(path, &status), 0);
#ifndef _WIN32
    assert_int_equal(status.st_mode & 0777, 0600);
#endif
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void expect_report(const char *status, bool vm_alive) {
    find_report();
    fk_value *report = parse(report_file("report.json"));
    const fk_value *error = fk_value_member(report, "error"),
                   *said = fk_value_member(error, "status");
    expect_same(said, &FK_STR(status));
    assert_int_equal(fk_value_member(error, "vm_alive")->integer, vm_alive);
    for (const char *const *name =
             (const char *const[]){"time", "ns", "backend", "pid", "server_pid", "versions",
                                   "options", "stats", NULL};
         *name; name++)
        assert_non_null(fk_value_member(report, *name));
    assert_int_equal(fk_value_member(fk_value_member(report, "options"), "call_timeout")->integer,
                     100);
    assert_true(fk_value_member(fk_value_member(report, "versions"), "fkvm")->size > 0);
    fk_value_free(report);
}

static void expect_message(const char *part) {
    expect_contains(report_file("messages.jsonl"), part);
}

static fk_vm *open_limited(void) {
    fk_vm_options options = contract_options("limits.lua");
    options.call_timeout = 100;
    options.memory_limit = 32u << 20;
    return contract_open_with(&options);
}

static void the_first_limit(void **state) {
    (void)state;
    fk_vm *vm = open_limited();
    expect_call(vm, "fine", NULL, "\"fine\"");
    expect_call_fails(vm, "spin_after_start", NULL, FK_SCRIPT_ERROR,
                      NULL); /* there is no host method 'started' */
    assert_int_equal(count_all(), 0);
    expect_call_fails(vm, "spin", "[7]", FK_TIMEOUT, "call_timeout");
    const bool alive = fk_error_last()->vm_alive;
    expect_report("TIMEOUT", alive);
    expect_message("\"method\":\"fine\"");
    expect_message("\"result\":\"fine\"");
    expect_message("\"method\":\"started\"");
    expect_message("\"kind\":\"host error\"");
    expect_message("\"method\":\"spin\",\"params\":[7]");
    const int count = count_all();
    for (int i = 0; i < 2; i++) {
        if (alive) expect_call_fails(vm, "spin", NULL, FK_TIMEOUT, NULL);
        if (alive) assert_null(strstr(fk_error_last()->message, "report"));
    }
    assert_int_equal(count_all(), count);
    contract_close(vm);
}

static void memory(void **state) {
    (void)state;
    fk_vm *vm = open_limited();
    expect_call_fails(vm, "eat_at_once", NULL, FK_MEMORY_LIMIT, NULL);
    expect_report("MEMORY_LIMIT", fk_error_last()->vm_alive);
    contract_close(vm);
}

static void death(void **state) {
    (void)state;
    fk_vm *vm = open_limited();
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    if (!stats.pid) {
        contract_close(vm);
        skip(); /* it dies with this process only */
    }
    expect_call(vm, "fine", NULL, "\"fine\"");
    kill((pid_t)stats.pid, SIGKILL);
    expect_call_fails(vm, "fine", NULL, FK_VM_DIED, "killed by signal 9");
    expect_report("VM_DIED", false);
    expect_message("\"result\":\"fine\"");
    expect_call_fails(vm, "fine", NULL, FK_VM_DIED, "A report is in ");
    assert_int_equal(count_all(), 1);
    contract_close(vm);
}

static void opening(void **state) {
    (void)state;
    fk_vm_options options = contract_options("bad_syntax.lua");
    contract_open_fails(&options, FK_OPEN_FAILED, NULL);
    assert_int_equal(count_all(), 0);
    options = contract_options("spin.lua");
    options.open_timeout = options.call_timeout = 100;
    contract_open_fails(&options, FK_TIMEOUT, "open_timeout", NULL);
    expect_report("TIMEOUT", false);
}

/* The error comes as it is, the VM as it was; and why there is no report. */
static void expect_no_report(const char *why) {
    fk_vm *vm = open_limited();
    expect_call_fails(vm, "spin", NULL, FK_TIMEOUT, "call_timeout");
    expect_contains(fk_error_last()->message, "No report could be written to '");
    expect_contains(fk_error_last()->message, why);
    if (fk_error_last()->vm_alive) expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static void no_such_folder(void **state) {
    (void)state;
    setenv("FK_VM_CRASH_DIR", "/no/such/folder", 1);
    expect_no_report("No such file or directory");
    setenv("FK_VM_CRASH_DIR", "/dev/null", 1);
    expect_no_report("Not a directory");
    setenv("FK_VM_CRASH_DIR", "/proc/self", 1);
    expect_no_report("a folder in it");
}

/* As a disk that is full: nothing half made stays. */
static void no_room(void **state) {
    (void)state;
    fk_vm *vm = open_limited();
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 100;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const fk_status status = fk_vm_call(vm, "spin", NULL, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    expect_error(status, FK_TIMEOUT, "File too large");
    assert_int_equal(count_all(), 0);
    contract_close(vm);
}

/* A hundred stay, the newest; what is no report stays too. */
static void bound(void **state) {
    (void)state;
    char path[200];
    for (int i = 0; i < 105; i++) {
        snprintf(path, sizeof path, "%s/%sfkvm-20000101T0000%02dZ-1-%d", folder, i == 3 ? "." : "",
                 i % 60, i);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    snprintf(path, sizeof path, "%s/fkvm-notes", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    fk_vm *vm = open_limited();
    expect_call_fails(vm, "spin", NULL, FK_TIMEOUT, NULL);
    find_report();
    assert_int_equal(count_all(), 101);
    assert_int_equal(access(path, F_OK), 0);
    contract_close(vm);
}

/* A path from before a chdir() of the server. */
static void relative_folder(void **state) {
    (void)state;
    char here[4096];
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir("/tmp"), 0);
    setenv("FK_VM_CRASH_DIR", strstr(folder, "/tmp/") + strlen("/tmp/"), 1);
    fk_vm *vm = open_limited();
    assert_int_equal(chdir("/"), 0);
    expect_call_fails(vm, "spin", NULL, FK_TIMEOUT, NULL);
    expect_report("TIMEOUT", fk_error_last()->vm_alive);
    assert_int_equal(chdir(here), 0);
    contract_close(vm);
}

#define REPORT(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
static const struct CMUnitTest tests[] = {
    REPORT(the_first_limit), REPORT(memory),  REPORT(death), REPORT(opening),
    REPORT(no_such_folder),  REPORT(no_room), REPORT(bound), REPORT(relative_folder)};
TOPIC(reports, tests);
