/* SPDX-License-Identifier: MIT */
/*
 * The death of a child at every stage of its life: the right status, a message that says how it
 * ended, everything it had said delivered, and nothing left behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fk_vm.h"
#include "leaks.h"

typedef struct ending {
    const char *name, *message;
    int status; /* as fk_error.exit_status */
} ending;

static const ending endings[] = {{"exit:0", "exited with code 0", 0},
                                 {"exit:7", "exited with code 7", 7},
                                 {"signal:9", "killed by signal 9", -SIGKILL},
                                 {"signal:11", "killed by signal 11", -SIGSEGV},
                                 {"heir:3", "exited with code 3", 3}};
enum { ending_count = sizeof endings / sizeof *endings };

static leaks_census before;
static char marks[256];
static int64_t counted;
static fk_status nested;

static fk_status mark(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)request;
    const fk_value *word = &params->items[0];
    strncat(marks, word->string, word->size < 32 ? word->size : 32);
    strcat(marks, " ");
    return FK_OK;
}

static fk_status count(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)request;
    if (params->items[0].integer == counted + 1) counted++;
    return FK_OK;
}

static fk_status back(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)params;
    nested = fk_vm_call(fk_request_vm(request), "inner", NULL, NULL);
    return FK_OK;
}

static void no_output(void *user, fk_level level, const char *text, size_t size) {
    (void)user, (void)level, (void)text, (void)size;
}

static fk_status open_child(const char *stage, const char *end, int bytes, uint32_t open_timeout,
                            fk_vm **vm) {
    const fk_method methods[] = {{.name = "mark", .call = mark},
                                 {.name = "count", .call = count},
                                 {.name = "back", .call = back},
                                 {0}};
    char number[16];
    snprintf(number, sizeof number, "%d", bytes);
    const char *const command[] = {FK_LUA, FK_MISBEHAVE, stage, end, number, NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.methods = methods;
    options.output = no_output;
    options.open_timeout = open_timeout;
    options.close_timeout = 300;
    marks[0] = '\0';
    counted = 0;
    nested = FK_OK;
    return fk_vm_open(&options, vm);
}

static fk_vm *opened(const char *stage, const char *end, int bytes) {
    fk_vm *vm = NULL;
    if (open_child(stage, end, bytes, 0, &vm) != FK_OK)
        fail_msg("%s: %s", stage, fk_error_last()->message);
    return vm;
}

static void expect_death(const char *stage, fk_status got, fk_status wanted, const ending *end) {
    const fk_error *error = fk_error_last();
    if (got != wanted || error->vm_alive || error->exit_status != end->status ||
        !strstr(error->message, end->message))
        fail_msg("%s, %s: %s, exit status %d: %s", stage, end->name, fk_status_name(got),
                 error->exit_status, error->message);
}

/* The words on stderr race with nothing: they were written before the end. */
static void expect_last_words(void) {
    if (!strstr(fk_error_last()->message, "last words")) fail_msg("%s", fk_error_last()->message);
}

static void close_dead(fk_vm *vm) { assert_int_equal(fk_vm_close(vm), FK_OK); }

/* ---- the tests ----------------------------------------------------------------------------- */

static void while_opening(void **state) {
    (void)state;
    for (int i = 0; i < ending_count; i++) {
        fk_vm *vm = (fk_vm *)&before;
        expect_death("before_hello", open_child("before_hello", endings[i].name, 0, 0, &vm),
                     FK_OPEN_FAILED, &endings[i]);
        expect_last_words();
        assert_null(vm);
        for (int bytes = 1; bytes < 64; bytes += 20)
            expect_death("in_hello", open_child("in_hello", endings[i].name, bytes, 0, &vm),
                         FK_OPEN_FAILED, &endings[i]);
    }
}

static void silence_while_opening(void **state) {
    (void)state;
    fk_vm *vm = NULL;
    const ending killed = {"silence", "open_timeout", -SIGKILL};
    expect_death("before_hello", open_child("before_hello", "silence", 0, 100, &vm), FK_TIMEOUT,
                 &killed);
    expect_death("in_hello", open_child("in_hello", "silence", 30, 100, &vm), FK_TIMEOUT, &killed);
}

/* Dies in a call, after the notification "before". */
static void expect_death_in_call(const char *stage, int bytes, const ending *end,
                                 const char *heard) {
    fk_vm *vm = opened(stage, end->name, bytes);
    fk_value *result = (fk_value *)&before;
    expect_death(stage, fk_vm_call(vm, "outer", NULL, &result), FK_VM_DIED, end);
    expect_last_words();
    assert_non_null(strstr(fk_error_last()->message, "outer"));
    assert_null(result);
    assert_string_equal(marks, heard);
    expect_death(stage, fk_vm_call(vm, "again", NULL, NULL), FK_VM_DIED, end);
    expect_death(stage, fk_vm_poll(vm), FK_VM_DIED, end);
    close_dead(vm);
}

static void in_a_call(void **state) {
    (void)state;
    for (int i = 0; i < ending_count; i++) {
        expect_death_in_call("before_answer", 0, &endings[i], "before ");
        expect_death_in_call("after_request", 0, &endings[i], "asked ");
        expect_death_in_call("after_reply", 0, &endings[i], "asked ");
    }
}

static void in_a_message(void **state) {
    (void)state;
    const int offsets[] = {1, 2, 16, 30, -1}; /* -1: all of it but its end */
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
        for (int k = 1; k < ending_count; k++) {
            expect_death_in_call("in_answer", offsets[i], &endings[k], "before ");
            expect_death_in_call("in_request", offsets[i], &endings[k], "before ");
        }
}

static void in_a_nested_call(void **state) {
    (void)state;
    for (int i = 0; i < ending_count; i++) {
        fk_vm *vm = opened("in_nested", endings[i].name, 0);
        expect_death("in_nested", fk_vm_call(vm, "outer", NULL, NULL), FK_VM_DIED, &endings[i]);
        assert_int_equal(nested, FK_VM_DIED);
        close_dead(vm);
    }
}

static void after_a_flood(void **state) {
    (void)state;
    for (int i = 0; i < ending_count; i++) {
        fk_vm *vm = opened("flood", endings[i].name, 0);
        expect_death("flood", fk_vm_call(vm, "outer", NULL, NULL), FK_VM_DIED, &endings[i]);
        assert_int_equal(counted, 3000);
        close_dead(vm);
    }
}

/* The answer counts; the death is learned by the next call, or by the descriptor and poll. */
static void between_calls(void **state) {
    (void)state;
    for (int i = 0; i < ending_count; i++)
        for (int by_poll = 0; by_poll < 2; by_poll++) {
            fk_vm *vm = opened("after_result", endings[i].name, 0);
            fk_value *result = NULL;
            assert_int_equal(fk_vm_call(vm, "outer", NULL, &result), FK_OK);
            assert_true(fk_value_equal(result, &FK_STR("a result")));
            fk_value_free(result);
            fk_status status = FK_OK;
            struct pollfd ready = {fk_vm_fd(vm), POLLIN, 0};
            while (by_poll && status == FK_OK && poll(&ready, 1, 10000) == 1)
                status = fk_vm_poll(vm);
            if (!by_poll) status = fk_vm_call(vm, "next", NULL, NULL);
            expect_death("after_result", status, FK_VM_DIED, &endings[i]);
            close_dead(vm);
        }
}

static void after_hello(void **state) {
    (void)state;
    for (int i = 0; i < ending_count; i++) {
        fk_vm *vm = opened("after_hello", endings[i].name, 0);
        expect_death("after_hello", fk_vm_call(vm, "outer", NULL, NULL), FK_VM_DIED, &endings[i]);
        close_dead(vm);
    }
}

static void without_its_output(void **state) {
    (void)state;
    const char *const command[] = {
        "/bin/sh", "-c",
        "echo '{\"jsonrpc\":\"2.0\",\"method\":\"hello\"}'; read call; exec >&-; exec sleep 1000",
        NULL};
    const ending killed = {"shut", "closed its standard output and was killed", -SIGKILL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    fk_vm *vm;
    assert_int_equal(fk_vm_open(&options, &vm), FK_OK);
    expect_death("shut", fk_vm_call(vm, "outer", NULL, NULL), FK_VM_DIED, &killed);
    close_dead(vm);
}

static void while_closing(void **state) {
    (void)state;
    const char *const stages[] = {"at_bye", "in_goodbye", "after_goodbye", "after_hello"};
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        for (int k = 0; k <= ending_count; k++)
            close_dead(opened(stages[i], k < ending_count ? endings[k].name : "silence", 0));
}

static int setup(void **state) {
    (void)state;
    leaks_take(&before);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    char text[2000];
    if (leaks_check(&before, text, sizeof text)) return 0;
    print_error("%s\n", text);
    return -1;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {TEST(while_opening),      TEST(silence_while_opening),
                                       TEST(in_a_call),          TEST(in_a_message),
                                       TEST(in_a_nested_call),   TEST(after_a_flood),
                                       TEST(between_calls),      TEST(after_hello),
                                       TEST(without_its_output), TEST(while_closing)};
    return cmocka_run_group_tests_name("death", tests, NULL, NULL);
}
