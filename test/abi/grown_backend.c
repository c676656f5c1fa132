/* SPDX-License-Identifier: MIT */
/* A backend from outside that fills every struct which it shares with the library: grown.py builds
 * it with today's headers and with grown ones (FK_GROWN). */
#include <fk_backend.h>

#include <stdlib.h>
#include <string.h>

typedef struct plugin {
    fk_vm *vm;
    const fk_host *host;
} plugin;

static fk_status start(fk_vm *vm, const fk_host *host, const fk_vm_options *options, void **state) {
    plugin *p = calloc(1, sizeof *p);
    if (!p) return FK_NO_MEMORY;
    *p = (plugin){vm, host};
    *state = p;
    return options->max_host_calls == 3 && options->size >= 32 && host->size >= 32 ? FK_OK
                                                                                   : FK_INVALID;
}

static fk_status relay(plugin *p, const char *method, const fk_value *params) {
    fk_answer answer;
    const fk_status status =
        p->host->dispatch(p->vm, method, strlen(method), params, false, &answer);
    if (status != FK_OK) return status;
    return p->host->result(p->vm, &answer.result->items[0]);
}

static fk_status run(void *state, const char *method, const fk_value *params) {
    plugin *p = state;
    if (strcmp(method, "die") != 0) return relay(p, method, params);
    fk_failure failure = {.size = sizeof failure, .message = "it was told to"};
    failure.exit_status = 3;
    failure.vm_dead = true;
    failure.death = FK_DEATH_EXIT;
#ifdef FK_GROWN
    failure.later_field = 1;
#endif
    return p->host->fail(p->vm, FK_VM_DIED, &failure);
}

static void look(void *state, fk_stats *stats) {
    (void)state;
    stats->runtime = "a plug-in";
    stats->memory = 77;
#ifdef FK_GROWN
    if (stats->size >= sizeof *stats) stats->later_field = 1;
#endif
}

static fk_status end(void *state) {
    free(state);
    return FK_OK;
}

static const fk_backend table = {.size = sizeof(fk_backend),
                                 .abi = FK_BACKEND_ABI,
                                 .name = "grown",
                                 .about = "for a test",
                                 .open = start,
                                 .call = run,
                                 .stats = look,
                                 .close = end};

__attribute__((visibility("default"))) const fk_backend *fk_backend_entry(uint32_t host_abi);
const fk_backend *fk_backend_entry(uint32_t host_abi) {
    return host_abi == FK_BACKEND_ABI ? &table : NULL;
}
