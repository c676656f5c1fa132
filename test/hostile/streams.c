/* SPDX-License-Identifier: MIT */
/* Lua code that abuses its output, its streams, and the functions that the library uses itself. */
#include "hostile.h"

#include <stdio.h>
#include <string.h>

static fk_status never(void *user, fk_request *request, const fk_value *params) {
    (void)request, (void)params;
    ++*(int *)user;
    return FK_OK;
}

/* A method of streams.lua that must return "held", while the server's method "forged" is not
 * called. */
static void stays_output(void **state) {
    const char *method = *state;
    int calls = 0;
    const fk_method methods[] = {{.name = "forged", .call = never, .user = &calls}, {0}};
    fk_vm_options options = hostile_options("streams.lua");
    options.methods = methods;
    fk_vm *vm = open_vm(&options);
    expect_held(vm, method);
    assert_int_equal(fk_vm_call(vm, "fine", NULL, NULL), FK_OK);
    close_vm(vm);
    assert_int_equal(calls, 0);
}

static void forged(void **state) {
    stays_output(state);
    if (!strstr(output_text(), "print: {\"jsonrpc\"")) fail_msg("%s", output_text());
}

/* Far more than the limit: drained, cut, counted, and the call is not held up. */
static void flood(void **state) {
    const char *method = *state;
    fk_vm_options options = hostile_options("streams.lua");
    options.max_output = 64 << 10;
    options.call_timeout = 20000;
    fk_vm *vm = open_vm(&options);
    expect_held(vm, method);
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm, &stats), FK_OK);
    assert_true(stats.output_cut > 10u << 20);
    assert_true(output_bytes() < 128 << 10); /* with the record that says so */
    assert_non_null(strstr(output_text(), "65536"));
    clear_output();
    assert_int_equal(fk_vm_call(vm, "say", NULL, NULL), FK_OK);
    assert_string_equal(output_text(), "print: said\n"); /* the limit is a call's */
    close_vm(vm);
}

static void odd_bytes(void **state) {
    (void)state;
    const fk_vm_options options = hostile_options("streams.lua");
    fk_vm *vm = open_vm(&options);
    expect_held(vm, "odd_bytes");
    static const char wanted[] =
        "print: nul \0 esc \x1b bad \xff\xfe\nprint: cr \r\nprint: no end\n";
    assert_int_equal(output_bytes(), sizeof wanted - 1 - 3 * 8);
    assert_memory_equal(output_text(), wanted, sizeof wanted - 1);
    close_vm(vm);
}

static const item items[] = {
    {"A11.print", EVERYWHERE, forged, "forge_by_print"},
    {"A11.write", EVERYWHERE, forged, "forge_by_write"},
    {"A11.close-stdout", EVERYWHERE, stays_output, "close_stdout"},
    {"A11.read-stdin", EVERYWHERE, stays_output, "read_stdin"},
    {"A12.many-lines", EVERYWHERE, flood, "many_lines"},
    {"A12.one-line", EVERYWHERE, flood, "one_line"},
    {"A12.write", EVERYWHERE, flood, "many_writes"},
    {"A12.stderr", EVERYWHERE, flood, "to_stderr"},
    {"A12.log", EVERYWHERE, flood, "to_log"},
    {"A12.odd-bytes", EVERYWHERE, odd_bytes, NULL},
    {"A13.print", EVERYWHERE, stays_output, "overwrite_print"},
    {"A13.tostring", EVERYWHERE, stays_output, "overwrite_tostring"},
    {"A13.pcall", EVERYWHERE, stays_output, "overwrite_pcall"},
    {"A13.resume", EVERYWHERE, stays_output, "overwrite_resume"},
    {"A13.string-metatable", EVERYWHERE, stays_output, "overwrite_strings"},
    {"A13.everything", EVERYWHERE, stays_output, "overwrite_everything"}};
TOPIC(streams, items);
