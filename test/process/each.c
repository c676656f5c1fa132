/* SPDX-License-Identifier: MIT */
/* "each" of docs/protocol.md: what a parent makes of it, and that no child uses it unasked. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fk_status take(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    record_method(request, params);
    return FK_OK;
}

static void from_any_child(void **state) {
    (void)state;
    static const char *const command[] = {FK_LUA, FK_EACH, NULL};
    const fk_method methods[] = {{.name = "mark", .call = take},
                                 {.name = "list", .call = take, .flags = FK_METHOD_LIST},
                                 {0}};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.methods = methods;
    options.output = record_output;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "anything", NULL, "\"each\"");
    const char *end = strstr(seen(), "warning: the child");
    assert_non_null(end); /* the message with an object of params */
    expect_contains(end, "each stands beside an object");
    char before[2000];
    snprintf(before, sizeof before, "%.*s", (int)(end - seen()), seen());
    assert_string_equal(
        before, "! mark [3,\"x\",[1]]\n! mark [\"four\",\"x\",[1]]\n! mark [null,\"x\",[1]]\n"
                "! mark [{\"a\":[5]},\"x\",[1]]\n! mark [1]\n! mark [2]\n"
                "! list [[1,2],\"x\"]\n! list [[1]]\n"
                "print: one\ttail\nprint: two\ttail\n"
                "warning: the notification 'nobody' failed: the server has no host method 'nobody' "
                "(-32601)\n"
                "warning: the notification 'nobody' failed: the server has no host method 'nobody' "
                "(-32601)\n");
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_int_equal(stats.notifications, 11);
    assert_int_equal(stats.failed_notifications, 2);
    contract_close(vm);
}

/* fkvm-host alone, its lines as they are. */
static void lines_of_host(const char *environment, char *text, size_t size) {
    char command[1024];
    snprintf(
        command, sizeof command,
        "printf '%%s\\n' "
        "'{\"jsonrpc\":\"2.0\",\"method\":\"to_several\",\"params\":[\"list\",[3,4]],\"id\":1}' "
        "| env -u FK_VM_FEATURES %s '%s' '%s/order.lua'",
        environment, FK_HOST, FK_CONTRACT_SCRIPTS);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    text[fread(text, 1, size - 1, pipe)] = '\0';
    assert_int_equal(pclose(pipe), 0);
}

static void only_if_announced(void **state) {
    (void)state;
    char text[8192];
    const char *const one_by_one = "\"list\",\"params\":[3,\"same\",{\"$bytes\":\"AP8=\"}]}\n"
                                   "{\"jsonrpc\":\"2.0\",\"method\":\"list\",\"params\":[4,";
    const char *const together = "\"params\":[\"same\",{\"$bytes\":\"AP8=\"}],\"each\":[3,4]}\n";
    lines_of_host("", text, sizeof text);
    expect_contains(text, one_by_one);
    lines_of_host("FK_VM_FEATURES='teach each_other'", text, sizeof text);
    expect_contains(text, one_by_one);
    lines_of_host("FK_VM_FEATURES='other each'", text, sizeof text);
    expect_contains(text, together);
}

static const struct CMUnitTest tests[] = {TEST(from_any_child), TEST(only_if_announced)};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
