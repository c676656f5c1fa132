/* SPDX-License-Identifier: MIT */
/* Runs all topics on the backend that the environment names, or those named as arguments. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static topic *topics; /* in the order of their names */

void contract_register(topic *topic) {
    struct topic **at = &topics;
    while (*at && strcmp((*at)->name, topic->name) < 0) at = &(*at)->next;
    topic->next = *at;
    *at = topic;
}

static bool wanted(const char *name, int count, char **names) {
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) return true;
    return count == 0;
}

static const char *text_or(const char *variable, const char *otherwise) {
    const char *text = getenv(variable);
    return text ? text : otherwise;
}

/* A library that a backend uses may keep threads from its first VM on: they are no leak. */
static void open_once(void) {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    fk_vm *vm;
    options.script = FK_CONTRACT_SCRIPTS "/basic.lua";
    if (fk_vm_open(&options, &vm) == FK_OK) fk_vm_close(vm);
}

int main(int argc, char **argv) {
    int failed = 0, ran = 0;
    fprintf(stderr, "contract: backend %s, command %s\n", text_or("FK_VM_BACKEND", "(default)"),
            text_or("FK_VM_COMMAND", "(default)"));
    if (getenv("FK_CONTRACT_WARM")) open_once();
    for (const topic *t = topics; t; t = t->next) {
        if (!wanted(t->name, argc - 1, argv + 1)) continue;
        ran++;
        failed += _cmocka_run_group_tests(t->name, t->tests, t->count, NULL, NULL);
    }
    if (!ran) fprintf(stderr, "no topic of that name\n");
    forget_seen();
    return failed || !ran;
}
