/* SPDX-License-Identifier: MIT */
/* Running what child.lua does. */
#include "child.h"

int64_t taken;
void begin_taking(void) { taken = 0; }

static fk_status take(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    taken++;
    return fk_reply(request, params->size ? &params->as.items[0] : NULL);
}

static fk_status strict(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    if (params->type == FK_ARRAY && params->size == 1) return fk_reply(request, NULL);
    return fk_fail(request, FK_CODE_INVALID_PARAMS, "strict takes one parameter");
}

const fk_method child_methods[] = {{.name = "take", .call = take}, {.name = "strict", .call = strict}, {0}};

static fk_vm_options options_of(const misdeed *deed) {
    fk_vm_options options = child_options(deed->mode);
    options.methods = child_methods;
    options.call_timeout = options.open_timeout = deed->timeout ? deed->timeout : 10000;
    options.max_message = 2u << 20;
    options.max_host_calls = 20000;
    begin_taking();
    return options;
}

void run_misdeed(void **state) {
    const misdeed *deed = *state;
    fk_vm_options options = options_of(deed);
    options.open_timeout = 10000;
    const outcome wanted = on(COMMAND) ? deed->command : deed->as_host;
    if (!(wanted.statuses & BIT(TIMEOUT))) options.call_timeout = 10000; /* a slow machine is no misdeed */
    fk_vm *vm = open_vm(&options);
    const double start = seconds_now();
    const fk_status got = fk_vm_call(vm, "act", NULL, NULL);
    expect_outcome(vm, got, wanted, deed->text);
    if (deed->timeout) assert_true(seconds_now() - start < options.call_timeout / 1e3 + 3);
    close_vm(vm);
}

void run_open(void **state) {
    const misdeed *deed = *state;
    const fk_vm_options options = options_of(deed);
    fk_vm *vm = NULL;
    const double start = seconds_now();
    const fk_status got = fk_vm_open(&options, &vm);
    expect_outcome(NULL, got, on(COMMAND) ? deed->command : deed->as_host, deed->text);
    if (deed->timeout) assert_true(seconds_now() - start < deed->timeout / 1e3 + 3);
    close_vm(vm);
}
