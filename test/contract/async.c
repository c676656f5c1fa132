/* SPDX-License-Identifier: MIT */
/* Calls that are begun and not waited for. */
#include "contract.h"

#include <poll.h>
#include <signal.h>
#include <string.h>

/* How calls ended. */
typedef struct heard {
    int count;
    fk_status status, again; /* again: of a call from inside done */
    bool vm_alive;
    char message[400], traceback[400], method[40];
    fk_value *result;
    fk_vm *calls; /* from inside done; NULL: nothing */
} heard;

static void note(void *user, const fk_error *error, const fk_value *result) {
    heard *h = user;
    h->count++;
    if (h->calls) h->again = fk_vm_call(h->calls, "nothing", NULL, NULL);
    h->status = error->status;
    h->vm_alive = error->vm_alive;
    strncpy(h->message, error->message, sizeof h->message - 1);
    strncpy(h->traceback, error->traceback ? error->traceback : "", sizeof h->traceback - 1);
    strncpy(h->method, error->method ? error->method : "", sizeof h->method - 1);
    fk_value_free(h->result);
    h->result = NULL;
    if (result) assert_int_equal(fk_value_copy(result, &h->result), FK_OK);
}

/* Polls, each time that there is something, until so many calls have ended. */
static fk_status wait_for(fk_vm *vm, const heard *h, int count) {
    fk_status status = FK_OK;
    while (h->count < count && status == FK_OK) {
        struct pollfd ready = {fk_vm_fd(vm), POLLIN, 0};
        assert_int_equal(poll(&ready, 1, 20000), 1);
        status = fk_vm_poll(vm);
    }
    return status;
}

static fk_status begin(fk_vm *vm, const char *method, const char *params, heard *h) {
    fk_value *list = params ? parse(params) : NULL;
    const fk_status status = fk_vm_call_async(vm, method, list, note, h);
    fk_value_free(list);
    return status;
}

static void results(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    heard h = {0};
    for (int i = 1; i <= 3; i++) {
        expect_status(begin(vm, "add", "[1,2]", &h), FK_OK);
        expect_status(wait_for(vm, &h, i), FK_OK);
        assert_int_equal(h.count, i);
        assert_int_equal(h.status, FK_OK);
        assert_string_equal(h.message, "");
        const fk_value three = FK_INT(3);
        expect_same(h.result, &three);
    }
    expect_call(vm, "add", "[3,4]", "7"); /* as before */
    expect_status(begin(vm, "relay", "[\"there and back\"]", &h), FK_OK);
    expect_status(wait_for(vm, &h, 4), FK_OK);
    const fk_value back = FK_STR("there and back");
    expect_same(h.result, &back);
    fk_value_free(h.result);
    contract_close(vm);
}

static void failures(void **state) {
    (void)state;
    fk_vm_options options = contract_options("work.lua");
    options.call_timeout = 200;
    fk_vm *vm = contract_open_with(&options);
    heard h = {0};
    expect_status(begin(vm, "spin", NULL, &h), FK_OK);
    expect_status(wait_for(vm, &h, 1), FK_OK);
    assert_int_equal(h.status, FK_TIMEOUT);
    assert_true(h.vm_alive);
    expect_contains(h.message, "the call of 'spin' reached its limit of 200 ms (call_timeout)");
    expect_contains(h.traceback, "work.lua:3");
    assert_string_equal(h.method, "spin");
    assert_null(h.result);
    expect_status(begin(vm, "no_such_function", NULL, &h), FK_OK);
    expect_status(wait_for(vm, &h, 2), FK_OK);
    assert_int_equal(h.status, FK_NO_METHOD);
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm, &stats);
    assert_int_equal(stats.errors, 2);
    contract_close(vm);
}

static void what_is_wrong_at_once(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    heard h = {0};
    expect_status(fk_vm_call_async(NULL, "add", NULL, note, &h), FK_INVALID);
    expect_status(fk_vm_call_async(vm, "", NULL, note, &h), FK_INVALID);
    expect_error(fk_vm_call_async(vm, "add", NULL, NULL, NULL), FK_INVALID, "done is NULL");
    const fk_value seven = FK_INT(7);
    expect_status(fk_vm_call_async(vm, "add", &seven, note, &h), FK_INVALID);
    assert_int_equal(h.count, 0);
    contract_close(vm);
}

/* In a child nothing may nest in it; embedded the call is over by then. */
static void done_and_the_vm(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm, &stats);
    heard h = {.calls = vm};
    expect_status(begin(vm, "add", "[1,2]", &h), FK_OK);
    expect_status(wait_for(vm, &h, 1), FK_OK);
    assert_int_equal(h.again, stats.pid ? FK_BUSY : FK_OK);
    assert_int_equal(h.status, FK_OK);
    fk_value_free(h.result);
    contract_close(vm);
}

/* A call that waits hears of those that were begun before. */
static void done_in_a_call(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    heard h = {0};
    expect_status(begin(vm, "add", "[1,2]", &h), FK_OK);
    expect_call(vm, "add", "[3,4]", "7");
    assert_int_equal(h.count, 1);
    fk_value_free(h.result);
    contract_close(vm);
}

/* It hears once, whatever becomes of the VM. */
static void ends_of_vms(void **state) {
    (void)state;
    fk_vm_options options = contract_options("work.lua");
    options.call_timeout = 500;
    fk_vm *vm = contract_open_with(&options);
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm, &stats);
    heard h = {0};
    expect_status(begin(vm, "spin", NULL, &h), FK_OK);
    contract_close(vm);
    assert_int_equal(h.count, 1);
    assert_int_not_equal(h.status, FK_OK);
    if (!stats.pid) return;
    vm = contract_open_with(&options);
    fk_vm_stats(vm, &stats);
    expect_status(begin(vm, "spin", NULL, &h), FK_OK);
    kill((pid_t)stats.pid, SIGKILL);
    expect_status(wait_for(vm, &h, 2), FK_VM_DIED);
    assert_int_equal(h.count, 2);
    assert_int_equal(h.status, FK_VM_DIED);
    assert_false(h.vm_alive);
    expect_status(begin(vm, "spin", NULL, &h), FK_VM_DIED);
    assert_int_equal(h.count, 2);
    contract_close(vm);
    assert_int_equal(h.count, 2);
}

/* Who polls many VMs is held up by none that says much: each poll takes a part. */
static void much_is_taken_in_parts(void **state) {
    (void)state;
    fk_vm *vm = contract_open("work.lua");
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm, &stats);
    heard h = {0};
    expect_status(begin(vm, "chatter", "[2000]", &h), FK_OK);
    int polls = 0;
    for (; h.count < 1; polls++) {
        struct pollfd ready = {fk_vm_fd(vm), POLLIN, 0};
        assert_int_equal(poll(&ready, 1, 20000), 1);
        expect_status(fk_vm_poll(vm), FK_OK);
    }
    if (stats.pid) assert_true(polls > 10);
    assert_int_equal(h.status, FK_OK);
    fk_value_free(h.result);
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {
    TEST(results),        TEST(failures),    TEST(what_is_wrong_at_once), TEST(done_and_the_vm),
    TEST(done_in_a_call), TEST(ends_of_vms), TEST(much_is_taken_in_parts)};
TOPIC(async, tests);
