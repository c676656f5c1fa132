/* SPDX-License-Identifier: MIT */
/* VMs with small limits, outcomes, and what a test may not leave behind. */
#include "hostile.h"

#include "leaks.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { slack_s = 3, most_open = 64 };

const char *const scripts_folder = FK_HOSTILE_FOLDER "/scripts";

static fk_vm *open_vms[most_open];

static struct {
    char *text;
    size_t size, room;
    uint64_t bytes;
} output;

static void record(void *user, fk_level level, const char *text, size_t size) {
    static const char *const levels[] = {"print",    "debug",  "info",  "warning",
                                         "critical", "stdout", "stderr"};
    (void)user;
    output.bytes += size;
    if (output.size + size + 32 > output.room) {
        if (output.room >= 32u << 20) return;
        output.room = output.room * 2 + size + 4096;
        output.text = realloc(output.text, output.room);
        assert_non_null(output.text);
    }
    output.size += (size_t)sprintf(output.text + output.size, "%s: ", levels[level]);
    memcpy(output.text + output.size, text, size);
    output.size += size;
    output.text[output.size++] = '\n';
    output.text[output.size] = '\0';
}

const char *output_text(void) { return output.size ? output.text : ""; }
uint64_t output_bytes(void) { return output.bytes; }
void clear_output(void) {
    free(output.text);
    memset(&output, 0, sizeof output);
}

double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

bool within(double seconds, bool (*is_so)(void *), void *argument) {
    const double end = seconds_now() + seconds;
    while (!is_so(argument)) {
        if (seconds_now() >= end) return false;
        const struct timespec moment = {0, 1000000};
        nanosleep(&moment, NULL);
    }
    return true;
}

uint64_t resident_bytes(void) {
    unsigned long long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%llu %llu", &total, &resident) != 2) resident = 0;
    if (file) fclose(file);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* ---- VMs ----------------------------------------------------------------------------------- */

fk_vm_options hostile_options(const char *script) {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = script;
    options.directory = scripts_folder;
    options.output = record;
    options.call_timeout = 20000; /* those who test time set their own */
    options.close_timeout = 300;
    options.memory_limit = 64u << 20;
    if (on(SIGNAL)) options.interrupt_signal = SIGRTMIN + 1;
    return options;
}

fk_vm_options child_options(const char *mode) {
    static char variable[64];
    static const char *environment[] = {variable, NULL};
    static const char *const command[] = {FK_HOSTILE_FOLDER "/child.sh", NULL};
    fk_vm_options options = hostile_options("empty.lua");
    snprintf(variable, sizeof variable, "MISBEHAVIOUR=%s", mode);
    options.environment = environment;
    options.interrupt_signal = 0;
    if (on(COMMAND)) options.command = command;
    return options;
}

fk_vm *open_vm(const fk_vm_options *options) {
    fk_vm *vm = NULL;
    clear_output();
    if (fk_vm_open(options, &vm) != FK_OK)
        fail_msg("fk_vm_open: %s: %s", fk_status_name(fk_error_last()->status),
                 fk_error_last()->message);
    for (size_t i = 0; i < most_open; i++) {
        if (open_vms[i]) continue;
        open_vms[i] = vm;
        break;
    }
    return vm;
}

void forget_vm(const fk_vm *vm) {
    for (size_t i = 0; i < most_open; i++)
        if (open_vms[i] == vm) open_vms[i] = NULL;
}

void close_left_vms(void) {
    for (size_t i = 0; i < most_open; i++) {
        fk_vm_close(open_vms[i]);
        open_vms[i] = NULL;
    }
}

void close_vm(fk_vm *vm) {
    forget_vm(vm);
    const double start = seconds_now();
    const fk_status status = fk_vm_close(vm);
    if (status != FK_OK)
        fail_msg("fk_vm_close: %s: %s", fk_status_name(status), fk_error_last()->message);
    assert_true(seconds_now() - start < 0.3 + slack_s);
}

static void expect_usable(fk_vm *vm) {
    fk_value *result = NULL;
    if (fk_vm_call(vm, "fine", NULL, &result) != FK_OK)
        fail_msg("not usable afterwards: %s", fk_error_last()->message);
    assert_true(fk_value_equal(result, &FK_STR("fine")));
    fk_value_free(result);
}

static void expect_dead(fk_vm *vm) {
    const double start = seconds_now();
    assert_int_equal(fk_vm_call(vm, "fine", NULL, NULL), FK_VM_DIED);
    assert_int_equal(fk_vm_notify(vm, "fine", NULL), FK_VM_DIED);
    assert_int_equal(fk_vm_poll(vm), FK_VM_DIED);
    assert_true(*fk_error_last()->message);
    assert_true(seconds_now() - start < 1);
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm, &stats), FK_OK);
    assert_false(stats.alive);
}

void expect_outcome(fk_vm *vm, fk_status got, outcome wanted, const char *text) {
    const fk_error *error = fk_error_last();
    const bool alive = error->vm_alive;
    if (!(wanted.statuses & 1u << got) || error->status != got ||
        (got != FK_OK && !*error->message) || (text && !strstr(error->message, text)))
        fail_msg("%s (VM %s): %s", fk_status_name(got), alive ? "lives" : "is dead",
                 error->message);
    if (!vm || got == FK_OK) return;
    if (wanted.after != EITHER && alive != (wanted.after == LIVES))
        fail_msg("the VM %s: %s: %s", alive ? "lives" : "is dead", fk_status_name(got),
                 error->message);
    if (alive)
        expect_usable(vm);
    else
        expect_dead(vm);
}

void run_attack(void **state) {
    const attack *a = *state;
    fk_vm_options options = hostile_options(a->script);
    if (a->memory_limit) options.memory_limit = a->memory_limit;
    if (a->timeout) *(a->method ? &options.call_timeout : &options.open_timeout) = a->timeout;
    const outcome wanted = on(EMBEDDED) ? a->embedded : a->child;
    const uint64_t before = resident_bytes();
    fk_vm *vm = NULL;
    if (a->method) vm = open_vm(&options);
    const double start = seconds_now();
    fk_value *result = NULL;
    const fk_status got =
        a->method ? fk_vm_call(vm, a->method, NULL, &result) : fk_vm_open(&options, &vm);
    const double seconds = seconds_now() - start;
    fk_value_free(result);
    if (!a->method) assert_null(vm);
    expect_outcome(a->method ? vm : NULL, got, wanted, a->text);
    close_vm(vm);
    if (a->timeout && seconds > a->timeout / 1e3 + slack_s) fail_msg("took %.1f s", seconds);
    const uint64_t after = resident_bytes(), most = on(EMBEDDED) ? 96u << 20 : 8u << 20;
    if (after > before + most && !FK_SANITIZED)
        fail_msg("%llu bytes more", (unsigned long long)(after - before));
}

void expect_held(fk_vm *vm, const char *method) {
    fk_value *result = NULL;
    const fk_status status = fk_vm_call(vm, method, NULL, &result);
    if (status != FK_OK)
        fail_msg("%s: %s: %s", method, fk_status_name(status), fk_error_last()->message);
    if (!fk_value_equal(result, &FK_STR("held"))) {
        char *text = NULL;
        fk_value_to_json(result, &text, NULL);
        fail_msg("%s: %s", method, text);
    }
    fk_value_free(result);
}

/* ---- apart --------------------------------------------------------------------------------- */

void check_failed(const char *file, int line, const char *condition) {
    dprintf(2, "%s:%d: %s: %s\n", file, line, condition, fk_error_last()->message);
    _exit(1);
}

fk_vm *open_apart(const fk_vm_options *options) {
    fk_vm *vm = NULL;
    CHECK(fk_vm_open(options, &vm) == FK_OK);
    return vm;
}

bool works(fk_vm *vm, const char *method) {
    fk_value *result = NULL;
    const bool good =
        fk_vm_call(vm, method, NULL, &result) == FK_OK && fk_value_equal(result, &FK_BOOL(true));
    fk_value_free(result);
    return good;
}

typedef struct ended {
    pid_t pid;
    int status;
} ended;

static bool has_ended(void *argument) {
    ended *it = argument;
    return waitpid(it->pid, &it->status, WNOHANG) == it->pid;
}

static int apart;

/* LeakSanitizer asks; it cannot look without /proc or a process of its own, and some bodies leave a
 * VM open. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return apart; }

unsigned longest_item(void) {
    return getenv("FK_HOSTILE_KILLS") || getenv("FK_HOSTILE_RANDOM_KILLS") ? 1800 : 60;
}

void run_apart(void (*body)(void)) {
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        apart = 1;
        body();
        exit(0);
    }
    ended it = {pid, 0};
    if (!within(longest_item() - 10, has_ended, &it)) {
        kill(pid, SIGKILL);
        waitpid(pid, &it.status, 0);
        fail_msg("apart: did not end");
    }
    const int status = it.status;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail_msg("apart: wait status %#x", status);
}
