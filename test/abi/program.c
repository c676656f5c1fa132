/* SPDX-License-Identifier: MIT */
/* A user's program, as the headers show it: built from an installed tree, it calls one Lua
 * function. */
#include <fk_vm.h>

#include <stdio.h>
#include <string.h>

static fk_status greet(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)params;
    return fk_reply(request, &FK_STR("hello"));
}

int main(int argc, char **argv) {
    const fk_method methods[] = {{.name = "greet", .call = greet}, {0}};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = argc > 1 ? argv[1] : "program.lua";
    options.methods = methods;
    fk_vm *vm;
    if (fk_vm_open(&options, &vm) != FK_OK)
        return fprintf(stderr, "%s\n", fk_error_last()->message), 1;
    const fk_value params[] = {FK_INT(7), FK_STR("delay_done")};
    fk_value *result;
    if (fk_vm_call(vm, "ResumeRoom", &FK_ARRAY(params), &result) != FK_OK)
        return fprintf(stderr, "%s\n", fk_error_last()->message), 1;
    char *text;
    if (fk_value_to_json(result, &text, NULL) != FK_OK) return 1;
    const int wrong = strcmp(text, "[7,\"delay_done\",\"hello\"]") != 0;
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm, &stats);
    printf("%s %s %s\n", fk_version(), stats.backend, text);
    fk_text_free(text);
    fk_value_free(result);
    return fk_vm_close(vm) != FK_OK || wrong;
}
