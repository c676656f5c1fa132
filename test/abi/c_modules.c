/* SPDX-License-Identifier: MIT */
/* A trusted script's C module, in a file: it is loaded, or the error says why it cannot be. The
 * arguments: the backend, the script, the module's folder and name, and what the answer must
 * hold. */
#include <fk_vm.h>

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    if (argc < 6) return 2;
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = argv[1];
    options.script = argv[2];
    options.sandbox = FK_SANDBOX_TRUSTED;
    fk_vm *vm;
    if (fk_vm_open(&options, &vm) != FK_OK) return puts(fk_error_last()->message), 1;
    const fk_value module[] = {FK_STR(argv[3]), FK_STR(argv[4])};
    fk_value *result = NULL;
    char *text = NULL;
    const int right = fk_vm_call(vm, "Module", &FK_ARRAY(module), &result) == FK_OK &&
                      fk_value_to_json(result, &text, NULL) == FK_OK && strstr(text, argv[5]);
    puts(text ? text : fk_error_last()->message);
    fk_text_free(text);
    fk_value_free(result);
    return fk_vm_close(vm) != FK_OK || !right;
}
