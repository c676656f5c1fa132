/* SPDX-License-Identifier: MIT */
/*
 * Faults at the n-th use of memory and of system calls, once and for ever, through every function
 * of the API, for n from 1 until it succeeds without meeting the fault. Whatever fails: a status
 * and a sentence, nothing left behind, and another VM goes on. `faults
 * embedded-faults|process-faults|template-faults` prints as the hostile suite does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fk_vm.h"
#include "interpose.h"
#include "leaks.h"

enum { for_ever = 1000000, most_steps = 20000 };

static bool in_child, by_template, by_signal;
static fk_vm *vm, *other;
static unsigned steps;

static void output(void *user, fk_level level, const char *text, size_t size) {
    (void)user, (void)level, (void)text, (void)size;
}
static fk_status host(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    const fk_value items[] = {FK_STR("an answer"), params->size ? params->items[0] : FK_NIL};
    return fk_reply(request, &FK_ARRAY(items));
}
static const fk_method methods[] = {{.name = "host", .call = host}, {0}};

static fk_vm_options options_here(void) {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = in_child ? "process" : "embedded";
    options.script = "faults.lua";
    options.directory = FK_HOSTILE_FOLDER "/scripts";
    options.methods = methods;
    options.output = output;
    options.flags = by_template ? 0 : FK_OPEN_NO_TEMPLATE;
    options.close_timeout = 2000;
    if (by_signal) options.interrupt_signal = SIGRTMIN + 1;
    return options;
}

/* ---- what is tried ------------------------------------------------------------------------- */

static fk_status params_call(const char *method) {
    const fk_member member = {FK_STR("name"), FK_STR("a value")};
    const fk_value inner[] = {FK_INT(1), FK_DOUBLE(2.5), FK_MEMBERS(&member, 1), FK_NIL};
    const fk_value params[] = {FK_STR("text"), FK_ARRAY(inner), FK_BYTES("\0\xff", 2)};
    fk_value *result = NULL;
    const fk_status status = fk_vm_call(vm, method, &FK_ARRAY(params), &result);
    fk_value_free(result);
    return status;
}

static bool is_copy; /* the VM opened last, of a template */

static fk_status try_open(void) {
    const fk_vm_options options = options_here();
    fk_stats stats = FK_STATS_INIT;
    const fk_status status = fk_vm_open(&options, &vm);
    is_copy = status == FK_OK && fk_vm_stats(vm, &stats) == FK_OK && stats.from_template;
    return status;
}
static fk_status try_call(void) { return params_call("work"); }
static fk_status try_missing(void) {
    return params_call("nobody") == FK_NO_METHOD ? FK_OK : fk_error_last()->status;
}
static fk_status try_error(void) {
    return params_call("raise") == FK_SCRIPT_ERROR ? FK_OK : fk_error_last()->status;
}
static fk_status try_notify(void) {
    const fk_value params[] = {FK_STR("text")};
    return fk_vm_notify(vm, "work", &FK_ARRAY(params));
}
static fk_status try_poll(void) { return fk_vm_poll(vm); }
static fk_status try_interrupt(void) { return fk_vm_interrupt(vm); }
static fk_status try_stats(void) {
    fk_stats stats = FK_STATS_INIT;
    fk_method_stats method = {.size = sizeof method};
    fk_vm_fd(vm);
    const fk_status status = fk_vm_stats(vm, &stats);
    return status ? status : fk_vm_method_stats(vm, 0, &method);
}
static fk_status try_close(void) {
    fk_vm *gone = vm;
    vm = NULL;
    return fk_vm_close(gone);
}
/* One of everything, often enough that each list and table of the reader has to grow. */
static const char *long_json(size_t *size) {
    static char text[1 << 17];
    static size_t length;
    for (int i = 0; !length && i < 1000; i++)
        sprintf(text + strlen(text),
                "%s\"n%d\":[%d,2.5,\"x\\u00e9y\",{\"$bytes\":\"AP8=\"},{\"$int\":"
                "\"9007199254740993\"},[[null]]]",
                i ? "," : "{", i, i);
    if (!length) length = strlen(strcat(text, "}"));
    *size = length;
    return text;
}

static fk_status try_values(void) {
    fk_value *value = NULL, *copy = NULL;
    char *text = NULL;
    size_t size;
    const char *json = long_json(&size);
    fk_status status = fk_value_from_json(json, size, &value);
    if (status == FK_OK) status = fk_value_copy(value, &copy);
    if (status == FK_OK) status = fk_value_check(copy, "root");
    if (status == FK_OK) status = fk_value_to_json(copy, &text, NULL);
    fk_value_free(value);
    fk_value_free(copy);
    fk_text_free(text);
    return status;
}
static fk_status try_backends(void) {
    fk_value *list = NULL;
    const fk_status status = fk_backend_list(&list);
    fk_value_free(list);
    return status;
}

static const struct trial {
    const char *name;
    fk_status (*run)(void);
    bool opens,
        alone; /* alone: while no other VM is open, so that a template starts and ends with it */
} trials[] = {{"open", try_open, true, false},          {"open alone", try_open, true, true},
              {"call", try_call, false, false},         {"missing", try_missing, false, false},
              {"error", try_error, false, false},       {"notify", try_notify, false, false},
              {"poll", try_poll, false, false},         {"interrupt", try_interrupt, false, false},
              {"stats", try_stats, false, false},       {"values", try_values, false, false},
              {"backends", try_backends, false, false}, {"close", try_close, false, false}};

typedef struct fault {
    fault_kind kind;
    int error;
    unsigned more;
} fault;

/* ---- how ----------------------------------------------------------------------------------- */

static void close_one(fk_vm **which) {
    if (fk_vm_close(*which) != FK_OK) fail_msg("%s", fk_error_last()->message);
    *which = NULL;
}

static void open_other(void) {
    fk_vm *kept = vm;
    if (try_open() != FK_OK) fail_msg("%s", fk_error_last()->message);
    other = vm;
    vm = kept;
}

/* A template that has failed is not tried again as long as a VM is open. */
static void renew_template(const struct trial *t) {
    if (!by_template || !t->opens) return;
    if (t->alone || !is_copy) close_one(&other);
    if (!t->alone && !other) open_other();
}

static void ready(const struct trial *t) {
    fk_stats stats = FK_STATS_INIT;
    if (vm && (t->opens || fk_vm_stats(vm, &stats) != FK_OK || !stats.alive)) {
        close_one(&vm);
    }
    renew_template(t);
    if (!vm && !t->opens && try_open() != FK_OK) fail_msg("%s", fk_error_last()->message);
}

static void expect_clean(const struct trial *t, const fault *f, unsigned n, fk_status status,
                         bool met) {
    const fk_error *error = fk_error_last();
    const bool clean = status == FK_OK || status == FK_NO_MEMORY || status == FK_MEMORY_LIMIT ||
                       status == FK_OPEN_FAILED || status == FK_VM_DIED || status == FK_BAD_VALUE ||
                       status == FK_SCRIPT_ERROR || status == FK_INVALID;
    if (!clean || (!met && status != FK_OK) || (status != FK_OK && !*error->message) ||
        (t->opens && (status == FK_OK) != (vm != NULL)))
        fail_msg("%s, errno %d at use %u: %s: %s", t->name, f->error, n, fk_status_name(status),
                 error->message);
}

static void expect_other_works(void) {
    fk_value *result = NULL;
    if (!other) return;
    if (fk_vm_call(other, "fine", NULL, &result) != FK_OK)
        fail_msg("the other VM: %s", fk_error_last()->message);
    assert_true(fk_value_equal(result, &FK_STR("fine")));
    fk_value_free(result);
}

static void try_all_steps(const struct trial *t, const fault *f) {
    bool met = true;
    for (unsigned n = 1; met; n++) {
        alarm(60);
        assert_true(n < most_steps);
        ready(t);
        fault_arm(f->kind, f->error, n, f->more);
        const fk_status status = t->run();
        met = fault_disarm();
        steps += met;
        expect_clean(t, f, n, status, met);
        if (n % 8 == 1) expect_other_works();
    }
}

static void round_of(const struct trial *t, const fault *faults, size_t count) {
    for (size_t i = 0; i < count; i++) try_all_steps(t, &faults[i]);
    if (vm) assert_int_equal(try_close(), FK_OK);
}

/* Who was killed and took long to die is reaped when the next child starts; templates end with the
 * last VM. */
static void settle(void) {
    if (other) close_one(&other);
    if (in_child && (try_open() != FK_OK || try_close() != FK_OK))
        fail_msg("%s", fk_error_last()->message);
}

static void try_faults(const fault *faults, size_t count) {
    leaks_census before;
    char text[2000];
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        if (trials[i].alone && !by_template) continue;
        open_other();
        round_of(&trials[i], faults, count); /* caches fill */
        settle();
        const long blocks = fault_blocks();
        leaks_take(&before);
        open_other();
        round_of(&trials[i], faults, count);
        bool clean = false;
        for (int tries = 0; tries < 100 && !clean;
             tries++) { /* the last one killed may still be dying */
            settle();
            clean = leaks_check(&before, text, sizeof text);
        }
        if (fault_blocks() > blocks)
            fail_msg("%s: %ld blocks of memory more", trials[i].name, fault_blocks() - blocks);
        if (!clean) fail_msg("%s: %s", trials[i].name, text);
    }
}

static void memory(void **state) {
    (void)state;
    const fault faults[] = {{FAULT_MEMORY, ENOMEM, 0},
                            {FAULT_MEMORY, ENOMEM, for_ever},
                            {FAULT_MMAP, ENOMEM, 0},
                            {FAULT_MMAP, ENOMEM, for_ever}};
    try_faults(faults, sizeof faults / sizeof *faults);
}

static void interrupted(void **state) {
    (void)state;
    const fault faults[] = {{FAULT_READ, EINTR, 0},   {FAULT_READ, EINTR, 3},
                            {FAULT_WRITE, EINTR, 0},  {FAULT_WRITE, EINTR, 3},
                            {FAULT_POLL, EINTR, 0},   {FAULT_POLL, EINTR, 3},
                            {FAULT_WAITID, EINTR, 3}, {FAULT_OPEN, EINTR, 0},
                            {FAULT_SEND, EINTR, 3},   {FAULT_RECEIVE, EINTR, 3}};
    try_faults(faults, sizeof faults / sizeof *faults);
}

static void again(void **state) {
    (void)state;
    const fault faults[] = {{FAULT_WRITE, EAGAIN, 0},
                            {FAULT_WRITE, EAGAIN, 3},
                            {FAULT_CLONE, EAGAIN, 0},
                            {FAULT_THREAD, EAGAIN, 0}};
    try_faults(faults, sizeof faults / sizeof *faults);
}

static void no_descriptors(void **state) {
    (void)state;
    const fault faults[] = {{FAULT_PIPE, EMFILE, 0},           {FAULT_PIPE, EMFILE, for_ever},
                            {FAULT_EVENTFD, EMFILE, for_ever}, {FAULT_EPOLL, EMFILE, for_ever},
                            {FAULT_EPOLL_CTL, ENOMEM, 0},      {FAULT_FCNTL, EMFILE, for_ever},
                            {FAULT_OPEN, EMFILE, 0},           {FAULT_OPEN, EMFILE, for_ever},
                            {FAULT_SOCKET, EMFILE, for_ever},  {FAULT_PIDFD, EMFILE, 0}};
    try_faults(faults, sizeof faults / sizeof *faults);
}

static void broken(void **state) {
    (void)state;
    const fault faults[] = {
        {FAULT_WRITE, EPIPE, 0},        {FAULT_WRITE, EPIPE, for_ever}, {FAULT_READ, EIO, 0},
        {FAULT_READ, EIO, for_ever},    {FAULT_CLONE, ENOMEM, 0},       {FAULT_POLL, ENOMEM, 0},
        {FAULT_POLL, ENOMEM, for_ever}, {FAULT_SEND, EPIPE, 0},         {FAULT_RECEIVE, ENOMEM, 0}};
    try_faults(faults, sizeof faults / sizeof *faults);
}

static int setup(void **state) {
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    fault_disarm();
    fk_vm_close(vm);
    fk_vm_close(other);
    vm = other = NULL;
    return 0;
}

#define FAULTS(name, function)                                                                     \
    { name, function, setup, teardown, NULL }

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {FAULTS("C7.EINTR", interrupted), FAULTS("C7.EAGAIN", again),
                                       FAULTS("C7.EMFILE", no_descriptors),
                                       FAULTS("C7.EPIPE", broken), FAULTS("C7.no-memory", memory)};
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc != 2) return 2;
    by_template = strcmp(argv[1], "template-faults") == 0;
    in_child = by_template || strcmp(argv[1], "process-faults") == 0;
    by_signal = !in_child;
    setenv("FK_VM_TEMPLATE", "first", 1);
    setenv("FK_VM_BACKEND_PATH", FK_HOSTILE_FOLDER, 1); /* a folder to look for plug-ins in */
    const int failed =
        _cmocka_run_group_tests(argv[1], tests, sizeof tests / sizeof *tests, NULL, NULL);
    print_message("# %u faults met\n", steps);
    return failed != 0;
}
