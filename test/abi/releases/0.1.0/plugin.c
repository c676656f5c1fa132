/* SPDX-License-Identifier: MIT */
/* A plug-in of release 0.1.0, whose table had another meaning: it is refused, never called. */
#include "fk_backend.h"

#include <stdlib.h>

static fk_status open_vm(fk_vm *vm, const fk_host *host, const fk_vm_options *options,
                         void **state) {
    (void)vm, (void)host, (void)options, (void)state;
    abort();
}

static fk_status call(void *state, const char *method, const fk_value *params, fk_value **result) {
    (void)state, (void)method, (void)params, (void)result;
    abort();
}

static fk_status close_vm(void *state) {
    (void)state;
    abort();
}

__attribute__((visibility("default"))) const fk_backend *fk_backend_entry(uint32_t host_abi);
const fk_backend *fk_backend_entry(uint32_t host_abi) {
    static const fk_backend backend = {.size = sizeof backend,
                                       .abi = FK_BACKEND_ABI,
                                       .name = "kept",
                                       .about = "a plug-in of release 0.1.0",
                                       .open = open_vm,
                                       .call = call,
                                       .close = close_vm};
    (void)host_abi;
    return &backend;
}
