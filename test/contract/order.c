/* SPDX-License-Identifier: MIT */
/* The order of what a VM says: notifications, requests and output as the script made them, all of
 * it before the result, and before the error if there is one. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char spoken[] =
    "! mark [1]\nprint: a print\n! mark [2]\nprint: a write\ninfo: an info\n"
    "? mark [3]\nwarning: a warning\n! mark [4]\n";

static void before_the_result(void **state) {
    (void)state;
    fk_vm *vm = contract_open("order.lua");
    expect_call(vm, "speak_and_return", NULL, "\"done\"");
    expect_seen(spoken);
    expect_call(vm, "speak_in_coroutine", NULL, "\"done\"");
    expect_seen(spoken);
    contract_close(vm);
}

static void before_the_error(void **state) {
    (void)state;
    fk_vm *vm = contract_open("order.lua");
    expect_call_fails(vm, "speak_and_fail", NULL, FK_SCRIPT_ERROR, "after all");
    expect_seen(spoken);
    expect_call_fails(vm, "speak_and_fail_by_value", NULL, FK_BAD_VALUE, "function");
    expect_seen(spoken);
    contract_close(vm);
}

typedef struct counter {
    int64_t last;
    bool in_order;
    int printed, marked;
} counter;

static fk_status next(void *user, fk_request *request, const fk_value *params) {
    counter *c = user;
    (void)request;
    const int64_t n = params->items[0].integer;
    if (n != c->last + 1) c->in_order = false;
    c->last = n;
    return FK_OK;
}

static fk_status so_far(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    return fk_reply(request, &FK_INT(((counter *)user)->last));
}

static fk_vm *open_counting(counter *c) {
    const fk_method methods[] = {{.name = "next", .call = next, .user = c},
                                 {.name = "so_far", .call = so_far, .user = c},
                                 {0}};
    fk_vm_options options = contract_options("order.lua");
    options.methods = methods;
    return contract_open_with(&options);
}

static void a_flood_of_notifications(void **state) {
    (void)state;
    counter c = {0, true, 0, 0};
    fk_vm *vm = open_counting(&c);
    expect_call(vm, "flood", "[20000,0]", "null");
    assert_int_equal(c.last, 20000);
    c.last = 0;
    expect_call(vm, "flood", "[5000,7]", "null");
    assert_int_equal(c.last, 5000);
    c.last = 0;
    expect_call_fails(vm, "flood_and_fail", "[5000]", FK_SCRIPT_ERROR, "flooded");
    assert_int_equal(c.last, 5000);
    assert_true(c.in_order);
    contract_close(vm);
}

/* Output comes when all before it has been heard. */
static void print_of_counter(void *user, fk_level level, const char *text, size_t size) {
    counter *c = user;
    char number[24];
    snprintf(number, sizeof number, "%.*s", (int)size, text);
    if (level != FK_LEVEL_PRINT || atoll(number) != c->last) c->in_order = false;
    c->printed++;
}

static fk_status marked(void *user, fk_request *request, const fk_value *params) {
    (void)request;
    counter *c = user;
    if (params->items[0].integer != c->last) c->in_order = false;
    c->marked++;
    return FK_OK;
}

static void the_same_to_several_among_all_else(void **state) {
    (void)state;
    counter c = {0, true, 0, 0};
    const fk_method methods[] = {{.name = "next", .call = next, .user = &c},
                                 {.name = "so_far", .call = so_far, .user = &c},
                                 {.name = "mark", .call = marked, .user = &c},
                                 {0}};
    fk_vm_options options = contract_options("order.lua");
    options.methods = methods;
    options.output = print_of_counter;
    options.user = &c;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "mingled", "[3000,8]", "48000");
    assert_int_equal(c.last, 48000);
    assert_true(c.in_order);
    assert_int_equal(c.printed, 600);
    assert_int_equal(c.marked, 272);
    contract_close(vm);
}

static void large_notifications(void **state) {
    (void)state;
    counter c = {0, true, 0, 0};
    fk_vm *vm = open_counting(&c);
    expect_call(vm, "big_flood", "[20,1048576]", "null");
    assert_int_equal(c.last, 20);
    assert_true(c.in_order);
    contract_close(vm);
}

/* The server's notifications and calls reach the script in the order they were made. */
static void notifications_to_the_vm(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    for (int i = 0; i < 3; i++) {
        const fk_value number = FK_INT(i);
        expect_status(fk_vm_notify(vm, "tell", &FK_ITEMS(&number, 1)), FK_OK);
    }
    expect_call(vm, "tell", "[\"call\"]", "null");
    expect_seen("! mark [0]\n! mark [1]\n! mark [2]\n! mark [\"call\"]\n");
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {
    TEST(before_the_result),        TEST(before_the_error),
    TEST(a_flood_of_notifications), TEST(the_same_to_several_among_all_else),
    TEST(large_notifications),      TEST(notifications_to_the_vm)};
TOPIC(order, tests);
