/* SPDX-License-Identifier: MIT */
/* Runs a test in Lua inside an embedded VM, where there is no lua5.4: `in_vm SCRIPT`. */
#include <fk_vm.h>
#include <stdio.h>

int main(int count, char **arguments) {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    fk_vm *vm;
    options.script = count > 1 ? arguments[1] : NULL;
    options.sandbox = FK_SANDBOX_TRUSTED;
    options.backend = "embedded";
    options.open_timeout = FK_NO_LIMIT;
    if (fk_vm_open(&options, &vm) != FK_OK) return printf("%s\n", fk_error_last()->message), 1;
    return fk_vm_close(vm) != FK_OK;
}
