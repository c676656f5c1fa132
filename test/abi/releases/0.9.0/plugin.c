/* SPDX-License-Identifier: MIT */
/* A plug-in without Lua, built with the headers of each release in turn: `ask` asks the host method
 * `twice`, `fail` fails. */
#include "fk_backend.h"

#include <string.h>

static fk_vm *handle;
static const fk_host *host;

static fk_status open_vm(fk_vm *vm, const fk_host *its_host, const fk_vm_options *options,
                         void **state) {
    (void)options;
    handle = vm;
    host = its_host;
    *state = &handle;
    return FK_OK;
}

static fk_status call(void *state, const char *method, const fk_value *params) {
    (void)state;
    fk_answer answer;
    const fk_failure failure = {.size = sizeof failure, .message = "as was wanted"};
    if (!strcmp(method, "fail")) return host->fail(handle, FK_SCRIPT_ERROR, &failure);
    const fk_status status = host->dispatch(handle, "twice", 5, params, false, &answer);
    return status == FK_OK ? host->result(handle, answer.result) : status;
}

static fk_status close_vm(void *state) {
    (void)state;
    return FK_OK;
}

__attribute__((visibility("default"))) const fk_backend *fk_backend_entry(uint32_t host_abi);
const fk_backend *fk_backend_entry(uint32_t host_abi) {
    static const fk_backend backend = {.size = sizeof backend,
                                       .abi = FK_BACKEND_ABI,
                                       .name = "kept",
                                       .about = "a plug-in of another release",
                                       .open = open_vm,
                                       .call = call,
                                       .close = close_vm};
    (void)host_abi;
    return &backend;
}
