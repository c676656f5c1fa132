/* SPDX-License-Identifier: MIT */
/* `hostile BACKEND [ITEM]` runs the items that apply to a backend; matrix.py puts the results
 * together. */
#include "hostile.h"

#include "leaks.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { most = 400 };

static const struct backend {
    const char *name, *fkvm, *variable, *value;
    unsigned bit;
} backends[] = {{"embedded", "embedded", NULL, NULL, SIGNAL},
                {"embedded-hook", "embedded", NULL, NULL, HOOK},
                {"process", "process", NULL, NULL, PROCESS},
                {"lua5.4", "process", "FK_VM_COMMAND", FK_LUA " " FK_ENTRY, STOCK},
                {"command", "process", NULL, NULL, COMMAND},
                {"as-host", "process", "FK_VM_HOST", FK_HOSTILE_FOLDER "/child.sh", AS_HOST},
                {"nats", "nats", NULL, NULL, PROCESS}, /* by test/nats alone: it needs a worker */
                {"nats-command", "nats", NULL, NULL, COMMAND}};

static const struct backend *under_test;

bool on(unsigned where) { return under_test->bit & where; }

static leaks_census before;

static void out_of_time(int signal) {
    static const char text[] = "an item did not end within its limit: the run ends here\n";
    (void)signal;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(3);
    _exit(2);
}

static int setup(void **state) {
    (void)state;
    signal(SIGALRM, out_of_time);
    alarm(longest_item());
    clear_output();
    leaks_take(&before);
    return 0;
}

static int teardown(void **state) {
    char text[2000];
    (void)state;
    close_left_vms();
    clear_output();
    const bool clean = leaks_check(&before, text, sizeof text);
    alarm(0);
    if (!clean) print_error("left behind: %s\n", text);
    return clean ? 0 : -1;
}

extern const topic time_topic, memory_topic, depth_topic, escape_topic, streams_topic, errors_topic,
    values_topic, loading_topic, child_start_topic, child_lines_topic, child_ids_topic,
    child_pipes_topic, child_json_topic, server_threads_topic, server_callbacks_topic,
    server_process_topic, server_signals_topic, server_container_topic, offsets_topic;
static const topic *const topics[] = {
    &time_topic,           &memory_topic,         &depth_topic,
    &escape_topic,         &streams_topic,        &errors_topic,
    &values_topic,         &loading_topic,        &child_start_topic,
    &child_lines_topic,    &child_ids_topic,      &child_pipes_topic,
    &child_json_topic,     &server_threads_topic, &server_callbacks_topic,
    &server_process_topic, &server_signals_topic, &server_container_topic,
    &offsets_topic};

static size_t choose(const char *only, struct CMUnitTest *tests) {
    size_t count = 0;
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        for (size_t k = 0; k < topics[i]->count; k++) {
            const item *it = &topics[i]->items[k];
            if (!on(it->on) || (only && strncmp(it->name, only, strlen(only)) != 0)) continue;
            if (count == most) abort();
            tests[count++] =
                (struct CMUnitTest){it->name, it->test, setup, teardown, (void *)it->data};
        }
    return count;
}

/* A library that the backend uses keeps threads from its first VM on: they are no leak. */
static void open_once(void) {
    fk_vm_options options = hostile_options("time.lua");
    fk_vm *vm;
    if (fk_vm_open(&options, &vm) == FK_OK) fk_vm_close(vm);
}

int main(int argc, char **argv) {
    static struct CMUnitTest tests[most];
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was done stands there after a crash */
    for (size_t i = 0; argc > 1 && i < sizeof backends / sizeof *backends; i++)
        if (strcmp(argv[1], backends[i].name) == 0) under_test = &backends[i];
    if (!under_test) {
        fputs("usage: hostile embedded|embedded-hook|process|lua5.4|command|as-host [ITEM]\n",
              stderr);
        return 2;
    }
    setenv("FK_VM_BACKEND", under_test->fkvm, 1);
    if (under_test->variable) setenv(under_test->variable, under_test->value, 1);
    if (strcmp(under_test->fkvm, "nats") == 0) open_once();
    const size_t count = choose(argc > 2 ? argv[2] : NULL, tests);
    return _cmocka_run_group_tests(under_test->name, tests, count, NULL, NULL) != 0;
}
