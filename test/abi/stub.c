/* SPDX-License-Identifier: MIT */
/* The least backend there can be, for libraries that a test builds. Its methods: "fail" fails. */
#include "fk_backend.h"

#include <string.h>

struct fk_vm_pair {
    fk_vm *vm;
    const fk_host *host;
};
static struct fk_vm_pair only; /* one VM at a time */

static fk_status open_vm(fk_vm *vm, const fk_host *host, const fk_vm_options *options,
                         void **state) {
    (void)options;
    only = (struct fk_vm_pair){vm, host};
    *state = &only;
    return FK_OK;
}

static fk_status call(void *state, const char *method, const fk_value *params) {
    const struct fk_vm_pair *pair = state;
    const fk_failure failure = {
        .size = sizeof failure, .message = "as was wanted", .traceback = "none"};
    if (strcmp(method, "fail") == 0) return pair->host->fail(pair->vm, FK_SCRIPT_ERROR, &failure);
    fk_answer answer;
    const fk_status status = pair->host->dispatch(pair->vm, "twice", 5, params, false, &answer);
    return status == FK_OK ? pair->host->result(pair->vm, answer.result) : status;
}

static fk_status close_vm(void *state) {
    (void)state;
    return FK_OK;
}

const fk_backend fk_backend_stub;
const fk_backend fk_backend_stub = {.size = sizeof(fk_backend),
                                    .abi = FK_BACKEND_ABI,
                                    .name = "stub",
                                    .about = "for a test",
                                    .open = open_vm,
                                    .call = call,
                                    .close = close_vm};
