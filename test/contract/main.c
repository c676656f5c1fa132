/* SPDX-License-Identifier: MIT */
/* Runs all topics on the backend that the environment names, or those named as arguments. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const topic calls_topic, values_topic, host_topic, nesting_topic, order_topic, errors_topic,
    output_topic, limits_topic, threads_topic, lifecycle_topic, arguments_topic, stats_topic,
    files_topic, proxies_topic, facilities_topic, choice_topic, bounds_topic, sandbox_topic,
    reports_topic, trace_topic;

static const topic *const topics[] = {
    &calls_topic,     &values_topic, &host_topic,    &nesting_topic, &order_topic,
    &errors_topic,    &output_topic, &limits_topic,  &threads_topic, &lifecycle_topic,
    &arguments_topic, &stats_topic,  &files_topic,   &proxies_topic, &facilities_topic,
    &choice_topic,    &bounds_topic, &sandbox_topic, &reports_topic, &trace_topic};

static bool wanted(const char *name, int count, char **names) {
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) return true;
    return count == 0;
}

static const char *text_or(const char *variable, const char *otherwise) {
    const char *text = getenv(variable);
    return text ? text : otherwise;
}

int main(int argc, char **argv) {
    int failed = 0, ran = 0;
    fprintf(stderr, "contract: backend %s, command %s\n", text_or("FK_VM_BACKEND", "(default)"),
            text_or("FK_VM_COMMAND", "(default)"));
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
        if (!wanted(topics[i]->name, argc - 1, argv + 1)) continue;
        ran++;
        failed += _cmocka_run_group_tests(topics[i]->name, topics[i]->tests, topics[i]->count, NULL,
                                          NULL);
    }
    if (!ran) fprintf(stderr, "no topic of that name\n");
    forget_seen();
    return failed || !ran;
}
