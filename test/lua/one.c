/* SPDX-License-Identifier: MIT */
/* Runs one file of Lua's own test suite in a VM of the level `trusted`, on the backend that FK_VM_BACKEND
 * names. usage: one DIRECTORY FILE MILLISECONDS */
#include "fk_vm.h"

#include <stdio.h>
#include <stdlib.h>

static int failed(void) {
    const fk_error *error = fk_error_last();
    fprintf(stderr, "%s\n%s\n", error->message, error->traceback ? error->traceback : "");
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 4) return fputs("usage: one DIRECTORY FILE MILLISECONDS\n", stderr), 2;
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = "fkvm_one.lua";
    options.directory = argv[1];
    options.sandbox = FK_SANDBOX_TRUSTED;
    options.call_timeout = (uint32_t)strtoul(argv[3], NULL, 10);
    fk_vm *vm;
    if (fk_vm_open(&options, &vm) != FK_OK) return failed();
    const fk_value name = FK_STR(argv[2]);
    const int status =
        fk_vm_call(vm, "run", &FK_ARRAY(((const fk_value[]){name})), NULL) == FK_OK ? 0 : failed();
    if (fk_vm_close(vm) != FK_OK) return failed();
    return status;
}
