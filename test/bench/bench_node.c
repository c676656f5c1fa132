// SPDX-License-Identifier: MIT
// The C half of bench_node.mjs: add(1, 2) by fk_vm_call(), in the process of Node.
#include <fk_vm.h>

static fk_vm *vm;

FK_API int bench_open(const char *script) {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = script;
    return fk_vm_open(&options, &vm);
}

FK_API int bench_add(int calls) {
    while (calls--) {
        const fk_value items[] = {FK_INT(1), FK_INT(2)};
        fk_value *sum;
        if (fk_vm_call(vm, "add", &FK_ARRAY(items), &sum) != FK_OK) return 1;
        fk_value_free(sum);
    }
    return 0;
}
