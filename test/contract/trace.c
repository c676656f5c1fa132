/* SPDX-License-Identifier: MIT */
/* FK_VM_TRACE: every message of a VM, from $/open to $/close, with what it takes to do it all
 * again. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char path[64];
static FILE *file;

static int setup(void **state) {
    strcpy(path, "/tmp/fk-trace-XXXXXX");
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    file = fdopen(descriptor, "r");
    setenv("FK_VM_TRACE", path, 1);
    return contract_setup(state);
}

static int teardown(void **state) {
    unsetenv("FK_VM_TRACE");
    const int left = contract_teardown(state);
    fclose(file);
    unlink(path);
    return left;
}

/* The next line of the VM that was opened first: a backend may have VMs of its own. NULL: there is
 * none. */
static fk_value *next_line_of(bool states) {
    static char text[1 << 16];
    static int64_t ours;
    const bool is_first = ftell(file) == 0;
    while (fgets(text, sizeof text, file)) {
        fk_value *line = parse(text);
        const int64_t vm = fk_value_member(line, "vm")->integer;
        if (is_first) ours = vm;
        if (vm == ours && states == (fk_value_member(line, "state") != NULL)) return line;
        fk_value_free(line);
    }
    return NULL;
}

static fk_value *next_line(void) { return next_line_of(false); }

/* The next message, which must go `to` the VM or the server. Free the line by fk_value_free. */
static const fk_value *next(const char *to, fk_value **line) {
    *line = next_line();
    assert_non_null(*line);
    assert_int_equal(fk_value_member(*line, "pid")->integer, getpid());
    expect_same(fk_value_member(*line, "to"), &FK_STR(to));
    return fk_value_member(*line, "rpc");
}

static void expect_next(const char *to, const char *member, const char *json) {
    fk_value *line, *wanted = parse(json);
    const fk_value *found = fk_value_member(next(to, &line), member);
    assert_non_null(found);
    expect_same(found, wanted);
    fk_value_free(wanted);
    fk_value_free(line);
}

static void expect_error_next(const char *status, bool with_traceback) {
    fk_value *line;
    const fk_value *error = fk_value_member(next("server", &line), "error"),
                   *data = fk_value_member(error, "data");
    assert_true(fk_value_member(error, "message")->size > 0);
    expect_same(fk_value_member(data, "status"), &FK_STR(status));
    assert_int_equal(fk_value_member(data, "traceback")->kind == FK_STRING, with_traceback);
    fk_value_free(line);
}

static void expect_open(const char *script) {
    fk_value *line;
    const fk_value *rpc = next("vm", &line), *params = fk_value_member(rpc, "params");
    expect_same(fk_value_member(rpc, "method"), &FK_STR("$/open"));
    expect_same(fk_value_member(rpc, "id"), &FK_INT(1));
    const fk_value *options = fk_value_member(params, "options");
    expect_same(fk_value_member(options, "script"), &FK_STR(script));
    expect_same(fk_value_member(options, "directory"), &FK_STR(scripts_directory()));
    expect_same(fk_value_member(options, "call_timeout"), &FK_INT(15000));
    expect_same(fk_value_member(params, "fkvm"), &FK_STR(fk_version()));
    assert_true(fk_value_member(params, "clock")->integer > 0);
    fk_value_free(line);
}

static void from_open_to_close(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    expect_call(vm, "ask", "[\"echo\",7]", "7");
    expect_call_fails(vm, "ask", "[\"fail\",-32042,\"no\"]", FK_SCRIPT_ERROR, NULL);
    expect_call_fails(vm, "nobody", NULL, FK_NO_METHOD, NULL);
    contract_close(vm);

    fk_value *line;
    expect_open("host.lua");
    const fk_value *result = fk_value_member(next("server", &line), "result");
    assert_int_equal(fk_value_member(result, "pid")->integer, stats.pid);
    assert_true(fk_value_member(result, "runtime")->size > 0 || stats.pid);
    fk_value_free(line);
    expect_next("vm", "params", "[\"echo\",7]");
    expect_next("server", "method", "\"echo\"");
    expect_next("vm", "result", "7");
    expect_next("server", "result", "7");
    expect_next("vm", "params", "[\"fail\",-32042,\"no\"]");
    expect_next("server", "params", "[-32042,\"no\"]");
    expect_next("vm", "error", "{\"code\":-32042,\"message\":\"no\"}");
    expect_error_next("SCRIPT_ERROR", true);
    expect_next("vm", "method", "\"nobody\"");
    expect_error_next("NO_METHOD", false);
    expect_next("vm", "method", "\"$/close\"");
    assert_null(next_line());
}

/* How long it takes till a state is due is not judged: the last one comes in any case. */
static void states(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    expect_call(vm, "ask", "[\"echo\",7]", "7");
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    contract_close(vm);
    fk_value *last = NULL;
    for (fk_value *line; (line = next_line_of(true)); last = line) fk_value_free(last);
    assert_non_null(last);
    const fk_value *said = fk_value_member(last, "state"),
                   *methods = fk_value_member(said, "methods");
    assert_int_equal(fk_value_member(said, "memory_peak")->integer, stats.memory_peak);
    assert_true(fk_value_member(said, "memory")->integer <= (int64_t)stats.memory_peak);
    assert_int_equal(methods->size, 1);
    expect_same(fk_value_member(&methods->items[0], "name"), &FK_STR("echo"));
    expect_same(fk_value_member(&methods->items[0], "calls"), &FK_INT(1));
    assert_true(fk_value_member(&methods->items[0], "total_ns")->integer >=
                fk_value_member(&methods->items[0], "max_ns")->integer);
    fk_value_free(last);
}

static void a_script_that_does_not_load(void **state) {
    (void)state;
    const fk_vm_options options = contract_options("bad_start.lua");
    contract_open_fails(&options, FK_OPEN_FAILED, NULL);
    expect_open("bad_start.lua");
    expect_error_next("OPEN_FAILED", true);
    assert_null(next_line());
}

static int count(const char *text, const char *part) {
    int found = 0;
    for (const char *at = text; (at = strstr(at, part)); at++) found++;
    return found;
}

static void call_on(const char *reason) {
    fk_vm *vm = contract_open("errors.lua");
    for (int i = 0; i < 20; i++) assert_int_equal(fk_vm_notify(vm, "no_such", NULL), FK_OK);
    expect_contains(seen(), "the trace ($FK_VM_TRACE) ends here: ");
    expect_contains(seen(), reason);
    assert_true(count(seen(), "ends here") <= 2); /* a backend may have a VM of its own */
    contract_close(vm);
}

/* A trace that cannot be written says so once, and harms nobody. */
static void full_disk(void **state) {
    (void)state;
    setenv("FK_VM_TRACE", "/dev/full", 1);
    call_on("No space left on device");
}

static void largest_file(void **state) {
    (void)state;
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 1500;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    call_on("File too large");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

#define TRACED(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
static const struct CMUnitTest tests[] = {TRACED(from_open_to_close), TRACED(states),
                                          TRACED(a_script_that_does_not_load), TRACED(full_disk),
                                          TRACED(largest_file)};
TOPIC(trace, tests);
