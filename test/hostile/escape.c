/* SPDX-License-Identifier: MIT */
/* Lua code that wants out of its sandbox. Each function of escape.lua tries one way and returns
 * "held". */
#include "hostile.h"

static void held(void **state) {
    const char *method = *state;
    const fk_vm_options options = hostile_options("escape.lua");
    fk_vm *vm = open_vm(&options);
    expect_held(vm, method);
    assert_int_equal(fk_vm_call(vm, "fine", NULL, NULL), FK_OK);
    close_vm(vm);
}

static void strict(void **state) {
    const char *method = *state;
    fk_vm_options options = hostile_options("escape.lua");
    options.sandbox = FK_SANDBOX_STRICT;
    fk_vm *vm = NULL;
    if (fk_vm_open(&options, &vm) != FK_OK) { /* the system cannot enforce it: that must be said */
        assert_int_equal(fk_error_last()->status, FK_OPEN_FAILED);
        assert_true(*fk_error_last()->message);
        return;
    }
    expect_held(vm, method);
    close_vm(vm);
}

/* Processes and files are allowed; the server's own end and locale are not. */
static void trusted(void **state) {
    (void)state;
    fk_vm_options options = hostile_options("escape.lua");
    options.sandbox = FK_SANDBOX_TRUSTED;
    options.call_timeout = 5000;
    fk_vm *vm = open_vm(&options);
    expect_held(vm, "trusted_can");
    expect_held(vm, "os_exit");
    expect_held(vm, "os_setlocale_changes");
    close_vm(vm);
}

#define HELD(name, method)                                                                         \
    { name, EVERYWHERE, held, method }

static const item items[] = {HELD("A3.sethook", "debug_sethook"),
                             HELD("A3.getregistry", "debug_getregistry"),
                             HELD("A3.setmetatable", "debug_setmetatable"),
                             HELD("A3.upvalues", "debug_upvalues"),
                             HELD("A3.registry", "registry_tricks"),
                             HELD("A3.debug", "debug_debug"),
                             HELD("A3.dbg", "dbg_call"),
                             HELD("A3.getinfo", "getinfo_function"),
                             HELD("A3.metatables", "shared_metatables"),
                             HELD("A8.load", "load_bytecode"),
                             HELD("A8.loadfile", "loadfile_bytecode"),
                             HELD("A8.dofile", "dofile_bytecode"),
                             HELD("A8.require", "require_bytecode"),
                             HELD("A8.reader", "load_by_reader"),
                             HELD("A8.mode", "load_with_mode"),
                             HELD("A8.dump", "string_dump"),
                             HELD("A9.exit", "os_exit"),
                             HELD("A9.execute", "os_execute"),
                             HELD("A9.popen", "io_popen"),
                             HELD("A9.setlocale", "os_setlocale"),
                             HELD("A9.remove", "os_remove"),
                             HELD("A9.rename", "os_rename"),
                             HELD("A9.tmpname", "os_tmpname"),
                             HELD("A9.tmpfile", "io_tmpfile"),
                             HELD("A9.getenv", "os_getenv"),
                             HELD("A9.loadlib", "package_loadlib"),
                             HELD("A9.c-modules", "c_modules"),
                             HELD("A9.open-for-writing", "io_open_for_writing"),
                             HELD("A9.number-as-path", "number_as_path"),
                             HELD("A9.nul-in-path", "nul_in_path"),
                             HELD("A9.elsewhere", "read_elsewhere"),
                             HELD("A9.devices", "read_devices"),
                             HELD("A9.many-files", "many_files"),
                             HELD("A9.output", "io_output_to_file"),
                             {"A9.strict", EVERYWHERE, strict, "io_popen"},
                             {"A9.trusted", EVERYWHERE, trusted, NULL},
                             HELD("A10.require-io", "require_io"),
                             HELD("A10.require-debug", "require_debug"),
                             HELD("A10.loaded", "package_loaded")};
TOPIC(escape, items);
