/* SPDX-License-Identifier: MIT */
#include "glue.h"

/* In Go: host.go. */
void fkgoHost(uintptr_t handle, size_t index, uintptr_t thread, char *name, bool is_notification,
              fk_value *params, fkgo_reply *reply);
void fkgoOutput(uintptr_t handle, uintptr_t thread, int level, char *text, size_t size);
void fkgoGone(uintptr_t handle);

static _Thread_local char here;

uintptr_t fkgo_thread(void) { return (uintptr_t)&here; }

static fk_status host(void *user, fk_request *request, const fk_value *params) {
    const fkgo_entry *entry = user;
    fkgo_reply reply = {.failure = NULL};
    fkgoHost(entry->handle, entry->index, fkgo_thread(), (char *)fk_request_method(request),
             fk_request_is_notification(request), (fk_value *)params, &reply);
    if (reply.failure) return fk_fail(request, reply.code, reply.failure);
    fk_reply(request, &reply.root); /* a result that cannot cross has failed the request */
    return FK_OK;
}

static void output(void *user, fk_level level, const char *text, size_t size) {
    fkgoOutput((uintptr_t)user, fkgo_thread(), (int)level, (char *)text, size);
}

static void finalize(void *user) { fkgoGone((uintptr_t)user); }

fk_error *fkgo_open(fk_vm_options *options, uintptr_t handle, bool with_output, fk_method *methods,
                    size_t count, fk_vm **vm) {
    for (size_t i = 0; i < count; i++) methods[i].call = host;
    options->methods = methods;
    options->output = with_output ? output : NULL;
    options->user = (void *)handle;
    options->finalize = finalize;
    return fk_try_open(options, vm);
}

void fkgo_call(fk_vm *vm, const char *method, const fk_value *params, fkgo_answer *answer) {
    answer->block = NULL;
    answer->error = fk_try_call(vm, method, params, &answer->block);
    if (!answer->block) return;
    answer->root = *answer->block;
    if (answer->root.kind >= FK_STRING) return;
    fk_value_free(answer->block);
    answer->block = NULL;
}
