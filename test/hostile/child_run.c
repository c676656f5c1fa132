/* SPDX-License-Identifier: MIT */
/* Running what child.lua does. */
#include "child.h"

int64_t taken;
void begin_taking(void) { taken = 0; }

static fk_status take(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    taken++;
    return fk_reply(request, params->size ? &params->items[0] : NULL);
}

static fk_status strict(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    if (params->kind == FK_ARRAY && params->size == 1) return fk_reply(request, NULL);
    return fk_fail(request, FK_CODE_INVALID_PARAMS, "strict takes one parameter");
}

const fk_method child_methods[] = {
    {.name = "take", .call = take}, {.name = "strict", .call = strict}, {0}};

enum {
    far_off = 40000
}; /* a limit that no machine is too slow for; the alarm of a test comes behind it */

static outcome wanted_of(const misdeed *deed) {
    return on(COMMAND) ? deed->command : deed->as_host;
}

/* The time limit where one must be met. */
static uint32_t limit_of(const misdeed *deed) {
    return wanted_of(deed).statuses & BIT(TIMEOUT) ? deed->timeout : far_off;
}

static fk_vm_options options_of(const misdeed *deed) {
    fk_vm_options options = child_options(deed->mode);
    options.methods = child_methods;
    options.call_timeout = options.open_timeout = limit_of(deed);
    options.max_message = 2u << 20;
    options.max_host_calls = 20000;
    begin_taking();
    return options;
}

void run_misdeed(void **state) {
    const misdeed *deed = *state;
    fk_vm_options options = options_of(deed);
    options.open_timeout = far_off;
    fk_vm *vm = open_vm(&options);
    const double start = seconds_now();
    const fk_status got = fk_vm_call(vm, "act", NULL, NULL);
    expect_outcome(vm, got, wanted_of(deed), deed->text);
    assert_true(seconds_now() - start < limit_of(deed) / 1e3 + 3);
    close_vm(vm);
}

void run_open(void **state) {
    const misdeed *deed = *state;
    const fk_vm_options options = options_of(deed);
    fk_vm *vm = NULL;
    const double start = seconds_now();
    const fk_status got = fk_vm_open(&options, &vm);
    expect_outcome(NULL, got, wanted_of(deed), deed->text);
    assert_true(seconds_now() - start < limit_of(deed) / 1e3 + 3);
    close_vm(vm);
}
