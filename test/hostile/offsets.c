/* SPDX-License-Identifier: MIT */
/* The death of a child at every byte of a conversation, and at random bytes of one with
 * fkvm-host. */
#include "child.h"

#include "leaks.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- every byte of what child.lua has recorded --------------------------------------------- */

enum { stages = 3 }; /* open, call, call; then a notification and the end */

static fk_status stage(int i, const fk_vm_options *options, fk_vm **vm) {
    if (i == 0) return fk_vm_open(options, vm);
    return fk_vm_call(*vm, i == 1 ? "one" : "two", NULL, NULL);
}

static uint64_t bytes_in(fk_vm *vm) {
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm, &stats), FK_OK);
    return stats.bytes_in;
}

static fk_vm_options recorded(int bytes, const char *ending) {
    char mode[64];
    snprintf(mode, sizeof mode, "recorded:%d:%s", bytes, ending);
    fk_vm_options options = child_options(mode);
    options.methods = child_methods;
    return options;
}

static void measure(int ends[stages]) {
    const fk_vm_options options = recorded(-1, "exit");
    fk_vm *vm = NULL;
    for (int i = 0; i < stages; i++) {
        assert_int_equal(stage(i, &options, &vm), FK_OK);
        ends[i] =
            i ? (int)bytes_in(vm)
              : (int)strlen(
                    "{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":[{\"protocol\":1}]}\n");
    }
    close_vm(vm);
}

/* The stage that needs more bytes than there are fails, with the status of that stage; those before
 * succeed. */
static void die_at(int bytes, const char *ending, const int ends[stages]) {
    const int exit_status = strcmp(ending, "kill") == 0 ? -SIGKILL : 5;
    const fk_vm_options options = recorded(bytes, ending);
    fk_vm *vm = NULL;
    int i = 0;
    fk_status status = FK_OK;
    for (; i < stages && status == FK_OK; i++) status = stage(i, &options, &vm);
    const int failed = status == FK_OK ? stages : i - 1;
    int wanted = 0;
    while (wanted < stages && bytes >= ends[wanted]) wanted++;
    const fk_error *error = fk_error_last();
    if (failed != wanted ||
        (status != FK_OK && (status != (failed ? FK_VM_DIED : FK_OPEN_FAILED) ||
                             error->exit_status != exit_status || error->vm_alive)))
        fail_msg("after %d bytes, %s: stage %d and not %d, %s, exit status %d: %s", bytes, ending,
                 failed, wanted, fk_status_name(status), error->exit_status, error->message);
    if (failed > 0 && failed < stages)
        assert_int_equal(fk_vm_call(vm, "again", NULL, NULL), FK_VM_DIED);
    if (failed == stages) fk_vm_notify(vm, "note", NULL); /* may be too late */
    assert_int_equal(fk_vm_close(vm), FK_OK);
}

static void every_byte(void **state) {
    (void)state;
    int ends[stages];
    measure(ends);
    for (int bytes = 0; bytes < ends[stages - 1] + 45; bytes++)
        die_at(bytes, bytes % 8 ? "exit" : "kill", ends);
}

/* ---- random bytes of a conversation with fkvm-host ----------------------------------------- */

static fk_status host(void *user, fk_request *request, const fk_value *params) {
    (void)params;
    if (*(int *)user == 2) fk_vm_call(fk_request_vm(request), "halves", NULL, NULL);
    return FK_OK;
}

typedef struct counts {
    unsigned opens, calls, closes, slow;
} counts;

static void note(counts *all, const char *what, int bytes, fk_status status) {
    const fk_error *error = fk_error_last();
    const bool opening = strcmp(what, "open") == 0;
    if (status != (opening ? FK_OPEN_FAILED : FK_VM_DIED) || error->vm_alive ||
        error->exit_status != -SIGKILL)
        fail_msg("%s after %d bytes: %s, exit status %d: %s", what, bytes, fk_status_name(status),
                 error->exit_status, error->message);
    *(opening ? &all->opens : &all->calls) += 1;
}

static void killed_at(int bytes, counts *all) {
    static char number[16];
    int level = 2;
    const fk_method methods[] = {{.name = "host", .call = host, .user = &level}, {0}};
    const char *const command[] = {FK_RELAY, number, FK_HOST, NULL};
    const char *const calls[] = {"call_host", "prints", "half", "notify_host", "call_host_twice"};
    fk_vm_options options = hostile_options("server.lua");
    options.command = command;
    options.methods = methods;
    snprintf(number, sizeof number, "%d", bytes);
    fk_vm *vm = NULL;
    const double start = seconds_now();
    fk_status status = fk_vm_open(&options, &vm);
    if (status != FK_OK) note(all, "open", bytes, status);
    for (size_t i = 0; status == FK_OK && i < sizeof calls / sizeof *calls; i++) {
        status = fk_vm_call(vm, calls[i], NULL, NULL);
        if (status == FK_OK && i == 2) status = fk_vm_poll(vm);
        if (status != FK_OK) note(all, calls[i], bytes, status);
    }
    all->closes += status == FK_OK;
    assert_int_equal(fk_vm_close(vm), FK_OK);
    all->slow += seconds_now() - start > 5;
}

static void random_bytes(void **state) {
    (void)state;
    const char *text = getenv("FK_HOSTILE_RANDOM_KILLS");
    const int rounds = text ? atoi(text) : FK_SANITIZED ? 30 : 200;
    const char *seed_text = getenv("FK_HOSTILE_SEED");
    unsigned seed = seed_text ? (unsigned)atol(seed_text) : (unsigned)(seconds_now() * 1e6);
    const unsigned first = seed;
    counts all = {0, 0, 0, 0};
    leaks_census before;
    char left[2000];
    leaks_take(&before);
    for (int i = 0; i < rounds; i++) {
        alarm(60);
        const int bytes = 1 + rand_r(&seed) % 1400, other_way = rand_r(&seed) % 4 == 0;
        killed_at(i == 0      ? 20
                  : i == 1    ? 400
                  : other_way ? -(bytes / 2 + 1)
                              : bytes,
                  &all); /* each stage once at least */
        clear_output();
        if (i % 100 == 99 && !leaks_check(&before, left, sizeof left))
            fail_msg("seed %u, round %d: %s", first, i, left);
    }
    if (!leaks_check(&before, left, sizeof left)) fail_msg("seed %u: %s", first, left);
    if (text)
        print_message("# %d kills (seed %u): %u while opening, %u in calls, %u in or after close; "
                      "%u took over 5 s; 0 zombies, 0 descriptors more\n",
                      rounds, first, all.opens, all.calls, all.closes, all.slow);
    assert_int_equal(all.slow, 0);
    assert_true(all.opens && all.calls);
}

static const item items[] = {{"B10.every-byte", COMMAND, every_byte, NULL},
                             {"B10.random-bytes", PROCESS, random_bytes, NULL}};
TOPIC(offsets, items);
