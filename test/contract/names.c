/* SPDX-License-Identifier: MIT */
/* Names that the protocol uses belong to scripts all the same; those that begin with $/ to nobody
 * else. */
#include "contract.h"

#include <string.h>

static fk_status any_method(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    record_method(request, params);
    return fk_reply(request, NULL);
}

static const fk_method any[] = {{.name = "*", .call = any_method}, {0}};

static fk_vm *open_any(void) {
    fk_vm_options options = contract_options("names.lua");
    options.methods = any;
    return contract_open_with(&options);
}

/* A script that says hello while it loads opens like any other, and forges nothing. */
static void hello_while_loading(void **state) {
    (void)state;
    fk_vm *vm = open_any();
    expect_contains(seen(), "! hello [{");
    expect_contains(seen(), "\"protocol\":77");
    expect_contains(seen(), "! print [\"not output\"]\n");
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_null(strstr(stats.sandbox_reached, "none at all"));
    assert_null(strstr(stats.runtime, "forged"));
    forget_seen();
    contract_close(vm);
}

static void names_of_the_protocol(void **state) {
    (void)state;
    fk_vm *vm = open_any();
    forget_seen();
    expect_call(vm, "names_of_the_protocol", NULL, "null");
    expect_seen("! hello [1]\n! print [1]\n! qInfo [1]\n! ping [1]\n! bye [1]\n! jsonrpc [1]\n"
                "? hello [2]\n");
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static void names_that_cannot_cross(void **state) {
    (void)state;
    fk_vm *vm = open_any();
    forget_seen();
    expect_call(vm, "refused", NULL, "[true,true,true,true,true,true,true]");
    expect_seen("");
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static void names_from_the_server(void **state) {
    (void)state;
    fk_vm *vm = open_any();
    expect_error(fk_vm_call(vm, "", NULL, NULL), FK_INVALID, "empty");
    expect_error(fk_vm_call(vm, "\xff", NULL, NULL), FK_INVALID, "UTF-8");
    expect_error(fk_vm_notify(vm, "\xc3", NULL), FK_INVALID, "UTF-8");
    expect_call(vm, "fine", NULL, "\"fine\"");
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {TEST(hello_while_loading), TEST(names_of_the_protocol),
                                          TEST(names_that_cannot_cross),
                                          TEST(names_from_the_server)};
TOPIC(names, tests);
