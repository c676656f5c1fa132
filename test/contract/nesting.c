/* SPDX-License-Identifier: MIT */
/* Calls inside host methods inside calls, and what is refused there: BUSY, never a deadlock. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void nested_results(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    expect_call(vm, "factorial", "[10]", "3628800");
    expect_call(vm, "in_coroutine", "[\"back\",\"factorial\",5]", "[120,\"end\"]");
    contract_close(vm);
}

static void down_to_max_nesting(void **state) {
    (void)state;
    const uint32_t limits[] = {1, 2, 7, 0, 50};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        char wanted[16];
        fk_vm_options options = contract_options("host.lua");
        options.max_nesting = limits[i];
        fk_vm *vm = contract_open_with(&options);
        snprintf(wanted, sizeof wanted, "%u", limits[i] ? limits[i] : 32);
        expect_call(vm, "dive", "[1]", wanted);
        fk_value *why = NULL;
        expect_status(fk_vm_call(vm, "why_not_deeper", NULL, &why), FK_OK);
        char *text = NULL;
        expect_status(fk_value_to_json(why, &text, NULL), FK_OK);
        expect_contains(text, "BUSY");
        expect_contains(text, "max_nesting");
        expect_contains(text, wanted);
        fk_text_free(text);
        fk_value_free(why);
        contract_close(vm);
    }
}

static void nesting_beyond_the_possible(void **state) {
    (void)state;
    fk_vm_options options = contract_options("host.lua");
    options.max_nesting = 101;
    contract_open_fails(&options, FK_INVALID, "max_nesting", "100", NULL);
}

static void inner_error_reaches_the_outer(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    expect_call_fails(vm, "outer", NULL, FK_SCRIPT_ERROR, "deep trouble");
    assert_true(fk_error_last()->vm_alive);
    expect_call(vm, "factorial", "[3]", "6");
    contract_close(vm);
}

typedef struct tries {
    fk_status call, notify, poll, close, stats;
    bool alive;
} tries;

/* Everything that a callback might try with its own VM. */
static fk_status try_all(void *user, fk_request *request, const fk_value *params) {
    tries *t = user;
    fk_vm *vm = fk_request_vm(request);
    fk_stats stats = FK_STATS_INIT;
    record_method(request, params);
    t->call = fk_vm_call(vm, "factorial", params, NULL);
    t->notify = fk_vm_notify(vm, "factorial", params);
    t->poll = fk_vm_poll(vm);
    t->close = fk_vm_close(vm);
    t->alive = fk_error_last()->vm_alive;
    t->stats = fk_vm_stats(vm, &stats);
    return fk_reply(request, NULL);
}

static fk_vm *open_trying(tries *t) {
    const fk_method methods[] = {{.name = "try", .call = try_all, .user = t}, {0}};
    fk_vm_options options = contract_options("host.lua");
    options.methods = methods; /* copied at open */
    return contract_open_with(&options);
}

static void inside_a_request(void **state) {
    (void)state;
    tries t;
    fk_vm *vm = open_trying(&t);
    expect_call(vm, "ask", "[\"try\",1]", "null");
    assert_int_equal(t.call, FK_OK);
    assert_int_equal(t.notify, FK_OK);
    assert_int_equal(t.close, FK_BUSY);
    assert_true(t.alive);
    assert_int_equal(t.stats, FK_OK);
    expect_call(vm, "factorial", "[1]", "1");
    contract_close(vm);
}

static void inside_a_notification(void **state) {
    (void)state;
    tries t = {0};
    fk_vm *vm = open_trying(&t);
    expect_call(vm, "say", "[\"try\",1]", "null");
    expect_seen("! try [1]\n");
    assert_int_equal(t.call, FK_BUSY);
    assert_int_equal(t.notify, FK_BUSY);
    assert_int_equal(t.poll, FK_BUSY);
    assert_int_equal(t.close, FK_BUSY);
    assert_true(t.alive);
    assert_int_equal(t.stats, FK_OK);
    expect_call(vm, "factorial", "[1]", "1");
    contract_close(vm);
}

typedef struct loading {
    fk_status call, close;
    const char *message;
} loading;

static fk_status try_loading(void *user, fk_request *request, const fk_value *params) {
    loading *l = user;
    (void)params;
    l->call = fk_vm_call(fk_request_vm(request), "what_came", NULL, NULL);
    l->close = fk_vm_close(fk_request_vm(request));
    return fk_reply(request, &FK_INT(7));
}

static void inside_open(void **state) {
    (void)state;
    loading l = {0};
    const fk_method methods[] = {{.name = "*", .call = try_loading, .user = &l}, {0}};
    fk_vm_options options = contract_options("loading.lua");
    options.methods = methods;
    fk_vm *vm = contract_open_with(&options);
    assert_int_equal(l.call, FK_BUSY);
    assert_int_equal(l.close, FK_BUSY);
    expect_call(vm, "what_came", NULL, "7");
    contract_close(vm);
}

typedef struct outputs {
    fk_vm *vm;
    fk_status call, close;
    int lines;
} outputs;

static void output_that_calls(void *user, fk_level level, const char *text, size_t size) {
    outputs *o = user;
    (void)level, (void)text, (void)size;
    if (!o->vm || o->lines++) return;
    o->call = fk_vm_call(o->vm, "nothing", NULL, NULL);
    o->close = fk_vm_close(o->vm);
}

/* Output has no answer to wait for, like a notification; a line without end comes after the call.
 */
static void inside_output(void **state) {
    (void)state;
    static const char *const methods[] = {"say", "write"};
    for (int i = 0; i < 2; i++) {
        outputs o = {0};
        fk_vm_options options = contract_options("output.lua");
        options.output = output_that_calls;
        options.user = &o;
        fk_vm *vm = contract_open_with(&options);
        o.vm = vm;
        expect_call(vm, methods[i], "[\"one line\"]", "null");
        assert_int_equal(o.lines, 1);
        assert_int_equal(o.call, FK_BUSY);
        assert_int_equal(o.close, FK_BUSY);
        expect_call(vm, "nothing", NULL, "null");
        contract_close(vm);
    }
}

static const struct CMUnitTest tests[] = {TEST(nested_results),
                                          TEST(down_to_max_nesting),
                                          TEST(nesting_beyond_the_possible),
                                          TEST(inner_error_reaches_the_outer),
                                          TEST(inside_a_request),
                                          TEST(inside_a_notification),
                                          TEST(inside_open),
                                          TEST(inside_output)};
TOPIC(nesting, tests);
