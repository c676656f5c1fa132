/* SPDX-License-Identifier: MIT */
/* A program of release 0.1.0, built with that release's headers and linked to the library of today.
 * usage: program BACKEND SCRIPT; says what it saw. */
#include "fk_vm.h"

#include <stdio.h>
#include <string.h>

static fk_status twice(void *user, fk_request *request, const fk_value *params) {
    const fk_value result = FK_INT(params->as.items[0].as.integer * 2);
    ++*(int *)user;
    return fk_reply(request, &result);
}

/* What lies behind a struct of this release must stay as it is. */
static int keeps_to_its_size(fk_vm *vm) {
    struct {
        fk_stats stats;
        unsigned char behind[256];
    } guarded = {.stats = FK_STATS_INIT};
    memset(guarded.behind, 0x5a, sizeof guarded.behind);
    if (fk_vm_stats(vm, &guarded.stats) != FK_OK) return 0;
    for (size_t i = 0; i < sizeof guarded.behind; i++)
        if (guarded.behind[i] != 0x5a) return 0;
    return guarded.stats.calls == 2 && guarded.stats.alive;
}

int main(int argc, char **argv) {
    int turns = 0;
    const fk_method methods[] = {{.name = "twice", .call = twice, .user = &turns}, {0}};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = argv[1];
    options.script = argv[argc - 1];
    options.methods = methods;
    options.call_timeout = 60000;
    fk_vm *vm;
    if (fk_vm_open(&options, &vm) != FK_OK)
        return printf("open: %s: %s\n", fk_status_name(fk_error_last()->status),
                      fk_error_last()->message),
               1;
    const fk_value params[] = {FK_INT(21)};
    fk_value *result = NULL;
    if (fk_vm_call(vm, "ask", &FK_ARRAY(params), &result) != FK_OK)
        return printf("call: %s\n", fk_error_last()->message), 1;
    printf("ask: %d %lld after %d\n", (int)result->type, (long long)result->as.integer, turns);
    fk_value_free(result);
    printf("fail: %s\n", fk_status_name(fk_vm_call(vm, "fail", NULL, NULL)));
    printf("method: %s\n", fk_error_last()->method);
    printf("stats: %s\n", keeps_to_its_size(vm) ? "kept" : "wrong");
    return printf("close: %s\n", fk_status_name(fk_vm_close(vm))), 0;
}
