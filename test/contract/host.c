/* SPDX-License-Identifier: MIT */
/* Host methods: requests, notifications, "*", answers, errors, no answer at all. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void request_and_notification(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    expect_call(vm, "ask", "[\"mark\",1,\"two\",[3]]", "null");
    expect_call(vm, "say", "[\"mark\",1,\"two\",[3]]", "null");
    expect_seen("? mark [1,\"two\",[3]]\n! mark [1,\"two\",[3]]\n");
    contract_close(vm);
}

static void parameters_keep_their_places(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    expect_call(vm, "ask", "[\"mark\"]", "null");
    expect_call(vm, "ask", "[\"mark\",null]", "null");
    expect_call(vm, "ask", "[\"mark\",null,1,null]", "null");
    expect_call(vm, "say", "[\"mark\",null,1,null]", "null");
    expect_call(vm, "ask", "[\"mark\",{}]", "null");
    expect_call(vm, "ask", "[\"mark\",[]]", "null");
    expect_seen("? mark []\n? mark [null]\n? mark [null,1,null]\n! mark [null,1,null]\n"
                "? mark [{}]\n? mark [[]]\n");
    contract_close(vm);
}

static void unknown_host_method(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    expect_call_fails(vm, "ask", "[\"nobody_has_this\"]", FK_SCRIPT_ERROR, "nobody_has_this");
    assert_true(fk_error_last()->vm_alive);
    expect_call(vm, "try_ask", "[\"nobody_has_this\"]", "false");
    expect_call(vm, "say", "[\"nobody_has_this\",1]", "null"); /* one record, no error */
    expect_contains(seen(), "warning: ");
    expect_contains(seen(), "nobody_has_this");
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_int_equal(stats.failed_notifications, 1);
    contract_close(vm);
}

static fk_status take_all(void *user, fk_request *request, const fk_value *params) {
    record_method(request, params);
    return fk_reply(request, user);
}

static void star_takes_the_rest(void **state) {
    (void)state;
    fk_value answer = FK_STR("star");
    fk_method methods[contract_method_count + 2];
    memcpy(methods, contract_methods, sizeof *methods * contract_method_count);
    methods[contract_method_count] = (fk_method){.name = "*", .call = take_all, .user = &answer};
    methods[contract_method_count + 1] = (fk_method){0};
    fk_vm_options options = contract_options("host.lua");
    options.methods = methods;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "ask", "[\"anything.at all\",1]", "\"star\"");
    expect_call(vm, "ask", "[\"echo\",1]", "1");
    expect_call(vm, "say", "[\"something\"]", "null");
    expect_call(vm, "ask", "[\"*\"]", "\"star\"");
    expect_seen("? anything.at all [1]\n! something []\n? * []\n");
    contract_close(vm);
}

static void no_methods_at_all(void **state) {
    (void)state;
    fk_vm_options options = contract_options("host.lua");
    options.methods = NULL;
    fk_vm *vm = contract_open_with(&options);
    expect_call_fails(vm, "ask", "[\"echo\",1]", FK_SCRIPT_ERROR, "echo");
    contract_close(vm);
}

static void failing_host_method(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    expect_call_fails(vm, "ask", "[\"fail\",-32050,\"no such room: 7\"]", FK_SCRIPT_ERROR,
                      "no such room: 7");
    assert_non_null(fk_error_last()->traceback);
    expect_contains(fk_error_last()->traceback, "host.lua");
    expect_call(vm, "try_ask", "[\"fail\",-32602,\"odd\"]", "false");
    expect_call(vm, "text_of", "[\"fail\",-32602,\"the text\"]", "true");
    expect_call(vm, "say", "[\"fail\",-32050,\"unheard\"]", "null");
    expect_contains(seen(), "warning: ");
    expect_contains(seen(), "unheard");
    expect_contains(seen(), "fail");
    contract_close(vm);
}

static void status_instead_of_an_answer(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    char params[64];
    for (int status = FK_INVALID; status <= FK_BUSY; status++) {
        snprintf(params, sizeof params, "[\"give\",%d]", status);
        expect_call_fails(vm, "ask", params, FK_SCRIPT_ERROR, fk_status_name((fk_status)status));
    }
    expect_call(vm, "ask", "[\"echo\",1]", "1");
    contract_close(vm);
}

static void no_answer_is_null(void **state) {
    (void)state;
    fk_vm *vm = contract_open("host.lua");
    expect_call(vm, "ask", "[\"silent\",1]", "null");
    expect_seen("? silent [1]\n");
    contract_close(vm);
}

static fk_status answers_twice(void *user, fk_request *request, const fk_value *params) {
    char text[] = "first";
    (void)params;
    fk_reply(request, &FK_STR(text));
    memset(text, '#', sizeof text); /* a reply has been copied */
    if (strcmp(user, "fail last") == 0) return fk_fail(request, -32001, "second");
    if (strcmp(user, "reply last") == 0) fk_fail(request, -32001, "between");
    if (strcmp(user, "once") != 0) fk_reply(request, &FK_STR("third"));
    return FK_OK;
}

static void last_answer_counts(void **state) {
    (void)state;
    const fk_method methods[] = {{.name = "once", .call = answers_twice, .user = "once"},
                                 {.name = "reply", .call = answers_twice, .user = "reply last"},
                                 {.name = "fail", .call = answers_twice, .user = "fail last"},
                                 {0}};
    fk_vm_options options = contract_options("host.lua");
    options.methods = methods;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "ask", "[\"once\"]", "\"first\"");
    expect_call(vm, "ask", "[\"reply\"]", "\"third\"");
    expect_call_fails(vm, "ask", "[\"fail\"]", FK_SCRIPT_ERROR, "second");
    contract_close(vm);
}

static fk_status bad_reply(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    fk_value number = FK_INT(1);
    number.kind = 99;
    const fk_value list[] = {FK_INT(0), number};
    *(fk_status *)user = fk_reply(request, &FK_ARRAY(list));
    return FK_OK;
}

static fk_status bad_code(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    *(fk_status *)user = fk_fail(request, 5, "five");
    return FK_OK;
}

static void bad_answers(void **state) {
    (void)state;
    fk_status replied = FK_OK, failed = FK_OK;
    const fk_method methods[] = {{.name = "bad_reply", .call = bad_reply, .user = &replied},
                                 {.name = "bad_code", .call = bad_code, .user = &failed},
                                 {0}};
    fk_vm_options options = contract_options("host.lua");
    options.methods = methods;
    fk_vm *vm = contract_open_with(&options);
    expect_call_fails(vm, "ask", "[\"bad_reply\"]", FK_SCRIPT_ERROR, "[1]");
    assert_int_equal(replied, FK_BAD_VALUE);
    expect_call_fails(vm, "ask", "[\"bad_code\"]", FK_SCRIPT_ERROR, "five");
    assert_int_equal(failed, FK_INVALID);
    expect_status(fk_reply(NULL, NULL), FK_INVALID);
    expect_status(fk_fail(NULL, 0, NULL), FK_INVALID);
    contract_close(vm);
}

static fk_status look(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    *(fk_vm **)user = fk_request_vm(request);
    assert_string_equal(fk_request_method(request), "look");
    return fk_reply(request, &FK_BOOL(fk_request_is_notification(request)));
}

static void request_knows_its_vm(void **state) {
    (void)state;
    fk_vm *asked = NULL;
    const fk_method methods[] = {{.name = "look", .call = look, .user = &asked}, {0}};
    fk_vm_options options = contract_options("host.lua");
    options.methods = methods;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "ask", "[\"look\"]", "false");
    assert_ptr_equal(asked, vm);
    contract_close(vm);
}

static void called_while_loading(void **state) {
    (void)state;
    fk_vm *vm = contract_open("loading.lua");
    expect_seen("print: loading\n! mark [\"before\"]\n? mark [\"asked\"]\ninfo: a log line\n"
                "print: scheduler ready\n");
    expect_call(vm, "what_came", NULL, "\"from the server\"");
    contract_close(vm);
}

/* Each item of the list is a notification; how many come together is the backend's affair. */
static fk_status list(void *user, fk_request *request, const fk_value *params) {
    size_t *calls = user;
    ++*calls;
    if (params->kind != FK_ARRAY || !params->size) {
        record_method(request, params);
        return FK_OK;
    }
    const fk_value *each = &params->items[0];
    assert_int_equal(each->kind, FK_ARRAY);
    assert_true(each->size > 0);
    fk_value items[8];
    assert_in_range(params->size, 1, 8);
    for (uint32_t i = 1; i < params->size; i++) items[i] = params->items[i];
    for (uint32_t i = 0; i < each->size; i++) {
        items[0] = each->items[i];
        record_method(request, &FK_ITEMS(items, params->size));
    }
    return fk_reply(request, &FK_INT(each->size));
}

static void lists(void **state) {
    (void)state;
    size_t calls = 0;
    const fk_method methods[] = {
        {.name = "list", .call = list, .user = &calls, .flags = FK_METHOD_LIST},
        contract_methods[0],
        {0}};
    fk_vm_options options = contract_options("order.lua");
    options.methods = methods;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "to_several", "[\"list\",[3,4,5]]", "null");
    expect_seen(
        "! list [3,\"same\",{\"$bytes\":\"AP8=\"}]\n! list [4,\"same\",{\"$bytes\":\"AP8=\"}]\n"
        "! list [5,\"same\",{\"$bytes\":\"AP8=\"}]\n");
    assert_in_range(calls, 1, 3);
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_int_equal(stats.notifications, 3);
    expect_call(vm, "ask", "[\"list\",7,\"x\"]", "1"); /* a request is a list of one */
    expect_call(vm, "ask", "[\"list\"]", "null");
    expect_seen("? list [7,\"x\"]\n? list []\n");
    contract_close(vm);
}

static void one_call_for_each(void **state) {
    (void)state;
    fk_vm *vm = contract_open("order.lua");
    expect_call(vm, "to_several", "[\"mark\",[3,4,4,9007199254740993,-1]]", "null");
    expect_seen(
        "! mark [3,\"same\",{\"$bytes\":\"AP8=\"}]\n! mark [4,\"same\",{\"$bytes\":\"AP8=\"}]\n"
        "! mark [4,\"same\",{\"$bytes\":\"AP8=\"}]\n! mark "
        "[{\"$int\":\"9007199254740993\"},\"same\",{\"$bytes\":\"AP8=\"}]\n"
        "! mark [-1,\"same\",{\"$bytes\":\"AP8=\"}]\n");
    fk_method_stats stats = {.size = sizeof stats};
    expect_status(fk_vm_method_stats(vm, 0, &stats), FK_OK);
    assert_int_equal(stats.calls, 5);
    contract_close(vm);
}

enum { enough = 100 };
static int heard;

static fk_status have_enough(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)params;
    if (++heard == enough) fk_vm_interrupt(fk_request_vm(request));
    return FK_OK;
}

/* Whoever is flooded may end it, and what is under way by then does not count. */
static void a_flood_ends_where_it_is_interrupted(void **state) {
    (void)state;
    const fk_method methods[] = {{.name = "drop", .call = have_enough}, {0}};
    fk_vm_options options = contract_options("host.lua");
    options.methods = methods;
    fk_vm *vm = contract_open_with(&options);
    heard = 0;
    expect_call_fails(vm, "flood", "[\"drop\",500000]", FK_INTERRUPTED, "fk_vm_interrupt");
    assert_true(fk_error_last()->vm_alive);
    assert_int_equal(heard, enough);
    expect_call(vm, "say", "[\"drop\"]", "null"); /* the next work is heard again */
    assert_int_equal(heard, enough + 1);
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {TEST(request_and_notification),
                                          TEST(parameters_keep_their_places),
                                          TEST(unknown_host_method),
                                          TEST(star_takes_the_rest),
                                          TEST(no_methods_at_all),
                                          TEST(failing_host_method),
                                          TEST(status_instead_of_an_answer),
                                          TEST(no_answer_is_null),
                                          TEST(last_answer_counts),
                                          TEST(bad_answers),
                                          TEST(request_knows_its_vm),
                                          TEST(called_while_loading),
                                          TEST(lists),
                                          TEST(one_call_for_each),
                                          TEST(a_flood_ends_where_it_is_interrupted)};
TOPIC(host, tests);
