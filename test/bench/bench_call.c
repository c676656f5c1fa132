/* SPDX-License-Identifier: MIT */
/* Nanoseconds of processor time that an embedded call with two arguments takes from C.
 * usage: bench_call SCRIPT CALLS */
#include <fk_vm.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double used_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int call_add(fk_vm *vm, int n) {
    const fk_value params[] = {FK_INT(n), FK_INT(2)};
    fk_value *sum;
    if (fk_vm_call(vm, "add", &FK_ARRAY(params), &sum) != FK_OK) return 1;
    const int wrong = sum->integer != n + 2;
    fk_value_free(sum);
    return wrong;
}

int main(int argc, char **argv) {
    if (argc < 3) return fputs("usage: bench_call SCRIPT CALLS\n", stderr), 2;
    const int calls = atoi(argv[2]);
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "embedded";
    options.script = argv[1];
    fk_vm *vm;
    if (fk_vm_open(&options, &vm) != FK_OK) return puts(fk_error_last()->message), 1;
    const double begun = used_ns();
    for (int i = 0; i < calls; i++)
        if (call_add(vm, i)) return puts(fk_error_last()->message), 1;
    printf("%.0f\n", (used_ns() - begun) / calls);
    return fk_vm_close(vm) != FK_OK;
}
