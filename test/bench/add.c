/* SPDX-License-Identifier: MIT */
/* Nanoseconds of a call with two arguments, for languages.py. usage: add SCRIPT BATCHES */
#include <fk_vm.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BATCH 1000 /* calls */

static double now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void must(fk_status status) {
    if (status == FK_OK) return;
    fprintf(stderr, "%s\n", fk_error_last()->message);
    exit(1);
}

static void add(fk_vm *vm, int64_t i) {
    const fk_value params[] = {FK_INT(i), FK_INT(2)};
    fk_value *sum;
    must(fk_vm_call(vm, "add", &FK_ARRAY(params), &sum));
    if (sum->kind != FK_INT || sum->integer != i + 2) abort();
    fk_value_free(sum);
}

/* The fastest of many batches: what else the machine does is in the others. */
static double measure(fk_vm *vm, int batches) {
    double best = 0;
    for (; batches > 0; batches--) {
        const double start = now_ns();
        for (int i = 0; i < BATCH; i++) add(vm, i);
        const double took = (now_ns() - start) / BATCH;
        if (best == 0 || took < best) best = took;
    }
    return best;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = argv[1];
    fk_vm *vm;
    must(fk_vm_open(&options, &vm));
    printf("c: %f\n", measure(vm, atoi(argv[2])));
    must(fk_vm_close(vm));
    return 0;
}
