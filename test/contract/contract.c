/* SPDX-License-Identifier: MIT */
/* The checks of the contract suite, and its bookkeeping of open VMs and leaks. */
#include "contract.h"

#include "leaks.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { longest_test = 60 }; /* seconds */

static leaks_census before;
static fk_vm *open_vms[64];

const char *scripts_directory(void) {
    const char *directory = getenv("FK_CONTRACT_SCRIPTS");
#ifdef _WIN32 /* with its drive, as fkvm says it */
    static char real[PATH_MAX];
    return realpath(directory ? directory : FK_CONTRACT_SCRIPTS, real);
#else
    return directory ? directory : FK_CONTRACT_SCRIPTS;
#endif
}

static void remember(fk_vm *vm) {
    for (size_t i = 0; i < sizeof open_vms / sizeof *open_vms; i++) {
        if (open_vms[i]) continue;
        open_vms[i] = vm;
        return;
    }
    fail_msg("more than %zu VMs open in one test", sizeof open_vms / sizeof *open_vms);
}

static void forget(const fk_vm *vm) {
    for (size_t i = 0; i < sizeof open_vms / sizeof *open_vms; i++)
        if (open_vms[i] == vm) open_vms[i] = NULL;
}

static void out_of_time(int signal) {
    static const char text[] = "a test did not end within its limit: the run ends here\n";
    (void)signal;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(3);
    _exit(2);
}

int contract_setup(void **state) {
    (void)state;
    signal(SIGALRM, out_of_time);
    alarm(longest_test);
    forget_seen();
    leaks_take(&before);
    return 0;
}

int contract_teardown(void **state) {
    char text[2048];
    (void)state;
    alarm(longest_test);
    for (size_t i = 0; i < sizeof open_vms / sizeof *open_vms; i++) {
        fk_vm_close(open_vms[i]);
        open_vms[i] = NULL;
    }
    if (leaks_check(&before, text, sizeof text)) return 0;
    print_error("left behind: %s\n", text);
    return -1;
}

fk_vm_options contract_options(const char *script) {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = script;
    options.directory = scripts_directory();
    options.methods = contract_methods;
    options.output = record_output;
    const char *signal =
        getenv("FK_CONTRACT_SIGNAL"); /* the way of the embedded backend without a hook */
    if (signal) options.interrupt_signal = atoi(signal);
    return options;
}

fk_vm *contract_open_with(const fk_vm_options *options) {
    fk_vm *vm = NULL;
    const fk_status status = fk_vm_open(options, &vm);
    if (status != FK_OK)
        fail_msg("fk_vm_open: %s: %s\n%s", fk_status_name(status), fk_error_last()->message,
                 fk_error_last()->traceback ? fk_error_last()->traceback : "");
    assert_non_null(vm);
    remember(vm);
    return vm;
}

fk_vm *contract_open(const char *script) {
    const fk_vm_options options = contract_options(script);
    return contract_open_with(&options);
}

void contract_open_fails(const fk_vm_options *options, fk_status status, ...) {
    fk_vm *vm = (fk_vm *)&vm;
    expect_status(fk_vm_open(options, &vm), status);
    assert_null(vm);
    assert_false(fk_error_last()->vm_alive);
    va_list texts;
    va_start(texts, status);
    for (const char *text; (text = va_arg(texts, const char *));)
        expect_contains(fk_error_last()->message, text);
    va_end(texts);
}

void contract_close(fk_vm *vm) {
    forget(vm);
    expect_status(fk_vm_close(vm), FK_OK);
}

fk_value *parse(const char *json) {
    fk_value *value = NULL;
    if (fk_value_from_json(json, strlen(json), &value) != FK_OK)
        fail_msg("%s: %s", fk_error_last()->message, json);
    return value;
}

fk_status call_json(fk_vm *vm, const char *method, const char *params, fk_value **result) {
    fk_value *value = params ? parse(params) : NULL;
    const fk_status status = fk_vm_call(vm, method, value, result);
    fk_value_free(value);
    return status;
}

void expect_status_at(const char *file, int line, fk_status got, fk_status wanted,
                      const char *text) {
    const fk_error *error = fk_error_last();
    if (got != wanted) {
        print_error("%s came, %s was expected: %s\n%s\n", fk_status_name(got),
                    fk_status_name(wanted), error->message,
                    error->traceback ? error->traceback : "");
        _fail(file, line);
    }
    if (error->status != got) {
        print_error("fk_error_last() has %s after %s\n", fk_status_name(error->status),
                    fk_status_name(got));
        _fail(file, line);
    }
    if (got != FK_OK && !*error->message) {
        print_error("%s without a message\n", fk_status_name(got));
        _fail(file, line);
    }
    if (text) expect_contains_at(file, line, error->message, text);
}

void expect_contains_at(const char *file, int line, const char *text, const char *part) {
    if (text && strstr(text, part)) return;
    print_error("'%s' is not in: %s\n", part, text ? text : "(NULL)");
    _fail(file, line);
}

void expect_same_at(const char *file, int line, const fk_value *got, const fk_value *wanted) {
    if (got && fk_value_equal(got, wanted)) return;
    char *is = NULL, *should = NULL;
    if (got) fk_value_to_json(got, &is, NULL);
    fk_value_to_json(wanted, &should, NULL);
    print_error("%.2000s came, %.2000s was expected\n", is ? is : "(NULL)", should ? should : "?");
    fk_text_free(is);
    fk_text_free(should);
    _fail(file, line);
}

void expect_call_at(const char *file, int line, fk_vm *vm, const char *method, const char *params,
                    const char *result) {
    fk_value *got = NULL, *wanted = parse(result);
    expect_status_at(file, line, call_json(vm, method, params, &got), FK_OK, NULL);
    expect_same_at(file, line, got, wanted);
    fk_value_free(got);
    fk_value_free(wanted);
}

void expect_call_fails_at(const char *file, int line, fk_vm *vm, const char *method,
                          const char *params, fk_status status, const char *text) {
    fk_value untouched, *result = &untouched;
    expect_status_at(file, line, call_json(vm, method, params, &result), status, text);
    if (result) {
        print_error("*result is not NULL after a failure\n");
        _fail(file, line);
    }
    if (!fk_error_last()->method || strcmp(fk_error_last()->method, method) != 0) {
        print_error("the error names the method '%s' instead of '%s'\n",
                    fk_error_last()->method ? fk_error_last()->method : "(NULL)", method);
        _fail(file, line);
    }
}

double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

bool backend_is_child(fk_vm *vm) {
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    return stats.pid != 0;
}
