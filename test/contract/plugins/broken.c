/* SPDX-License-Identifier: MIT */
/* Plug-ins that must be refused, chosen by BROKEN: another ABI, a missing function, a small table,
 * no table, no entry at all. One that only fails its open shows that the reason comes through. */
#include "fk_backend.h"

enum { other_abi, no_call, small_table, no_table, no_entry, fails_to_open, says_nothing };

#define EXPORT __attribute__((visibility("default")))

static fk_status open_vm(fk_vm *vm, const fk_host *host, const fk_vm_options *options,
                         void **state) {
    (void)options, (void)state;
    if (BROKEN == says_nothing) return FK_OPEN_FAILED;
    const fk_failure failure = {.size = sizeof failure,
                                .message = "the moon is in the wrong phase"};
    return host->fail(vm, FK_OPEN_FAILED, &failure);
}

static fk_status call(void *state, const char *method, const fk_value *params) {
    (void)state, (void)method, (void)params;
    return FK_SCRIPT_ERROR;
}

static fk_status close_vm(void *state) {
    (void)state;
    return FK_OK;
}

#if BROKEN != 4 /* no_entry */
EXPORT const fk_backend *fk_backend_entry(uint32_t host_abi);
EXPORT const fk_backend *fk_backend_entry(uint32_t host_abi) {
    static const fk_backend backend = {.size = BROKEN == small_table ? 16 : sizeof backend,
                                       .abi = BROKEN == other_abi ? FK_BACKEND_ABI + 1
                                                                  : FK_BACKEND_ABI,
                                       .name = "broken",
                                       .about = "refused, each in its way",
                                       .open = open_vm,
                                       .call = BROKEN == no_call ? NULL : call,
                                       .close = close_vm};
    (void)host_abi;
    return BROKEN == no_table ? NULL : &backend;
}
#else
EXPORT int nothing_here(void);
EXPORT int nothing_here(void) {
    const void *unused[] = {(void *)open_vm, (void *)call, (void *)close_vm};
    return (int)sizeof unused;
}
#endif
