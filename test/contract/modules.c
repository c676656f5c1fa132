/* SPDX-License-Identifier: MIT */
/* The library's modules: found by their own names on every backend, and absent until they are
 * required; the functions given to fk.on_open(). */
#include "contract.h"

static const char names[] = "[\"fk.cbor\",\"fk.json\",\"fk.qrandom\",\"fk.freekill\"]";
static const char kinds[] = "[\"table\",\"table\",\"function\",\"table\"]";

static void no_guest_unasked(void **state) {
    (void)state;
    fk_vm *vm = contract_open("modules.lua");
    expect_call(vm, "guests", NULL, "[]");
    expect_call_fails(vm, "SetPlayerState", "[7,11,4]", FK_NO_METHOD, "SetPlayerState");
    expect_call_fails(vm, "ResumeRooms", "[[]]", FK_NO_METHOD, "ResumeRooms");
    expect_call(vm, "is_fk", "[\"fk.freekill\"]", "true");
    expect_call(vm, "SetPlayerState", "[7,11,4]", "false");
    contract_close(vm);
}

static void found_by_name(void **state) {
    (void)state;
    fk_vm *vm = contract_open("modules.lua");
    expect_call(vm, "kinds", names, kinds);
    contract_close(vm);
}

static void found_without_paths(void **state) {
    (void)state;
    fk_vm_options options = contract_options("modules.lua");
    for (uint32_t level = FK_SANDBOX_GAME; level <= FK_SANDBOX_TRUSTED; level++) {
        options.sandbox = level;
        fk_vm *vm = contract_open_with(&options);
        expect_call(vm, "kinds_without_paths", names, kinds);
        contract_close(vm);
    }
}

/* Modules of C and of Lua alike. */
static void preloaded_by_another_name(void **state) {
    (void)state;
    static const char *const preload[] = {"server.rpc.fk=fk.freekill", "dice=fk.qrandom", NULL};
    fk_vm_options options = contract_options("modules.lua");
    options.preload = preload;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "is_fk", "[\"server.rpc.fk\"]", "true");
    expect_call(vm, "kinds", "[\"dice\"]", "[\"function\"]");
    contract_close(vm);
}

/* Their order is that of registration; no function is called for its name. */
static void run_when_opened(void **state) {
    (void)state;
    fk_vm *vm = contract_open("modules.lua");
    expect_call(vm, "opened", NULL, "[\"first\",\"second\"]");
    expect_call(vm, "late", "[7]", "false");
    contract_close(vm);
}

static fk_status write_down(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    record_method(request, params);
    return FK_OK;
}

static void a_hook_that_fails(void **state) {
    (void)state;
    fk_vm_options options = contract_options("bad_hook.lua");
    const fk_method methods[] = {{.name = "*", .call = write_down}, {0}};
    options.methods = methods;
    contract_open_fails(&options, FK_OPEN_FAILED, "the hook failed", NULL);
    expect_seen("");
}

static const struct CMUnitTest tests[] = {
    TEST(no_guest_unasked),          TEST(found_by_name),   TEST(found_without_paths),
    TEST(preloaded_by_another_name), TEST(run_when_opened), TEST(a_hook_that_fails)};
TOPIC(modules, tests);
