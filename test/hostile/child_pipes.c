/* SPDX-License-Identifier: MIT */
/* A child's pipes: full, closed, inherited. */
#include "child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const misdeed no_stdout = {"closes_stdout", BOTH(BIT(VM_DIED), DIES),
                                  "closed its standard output"},
                     neither = {"closes_both", BOTH(BIT(VM_DIED), DIES),
                                "closed its standard output"},
                     escaped = {"escaped_grandchild", BOTH(BIT(VM_DIED), DIES),
                                "exited with code 3"},
                     stderr_full = {"stderr_full", BOTH(BIT(OK), LIVES)},
                     stderr_closed = {"stderr_closed", BOTH(BIT(OK), LIVES)};

static fk_status call_with_a_megabyte(fk_vm *vm) {
    char *bytes = malloc(1 << 20);
    assert_non_null(bytes);
    memset(bytes, 'y', 1 << 20);
    const fk_value params[] = {FK_BYTES(bytes, 1 << 20)};
    const fk_status status = fk_vm_call(vm, "fine", &FK_ARRAY(params), NULL);
    free(bytes);
    return status;
}

static void deaf(void **state) {
    (void)state;
    fk_vm_options options = child_options("deaf");
    options.call_timeout = 200;
    fk_vm *vm = open_vm(&options);
    expect_outcome(vm, call_with_a_megabyte(vm), (outcome)DEAD(TIMEOUT), "200");
    close_vm(vm);
}

static void both_write(void **state) {
    (void)state;
    fk_vm_options options = child_options("both_write");
    options.methods = child_methods;
    begin_taking();
    fk_vm *vm = open_vm(&options);
    assert_int_equal(call_with_a_megabyte(vm), FK_OK);
    assert_int_equal(taken, 1);
    close_vm(vm);
}

/* Nothing can be told from a pipe that nobody reads: the time limit ends it. */
static void closes_stdin(void **state) {
    (void)state;
    fk_vm_options options = child_options("closes_stdin");
    options.call_timeout = 1000;
    fk_vm *vm = open_vm(&options);
    assert_int_equal(fk_vm_call(vm, "act", NULL, NULL), FK_OK);
    expect_outcome(vm, fk_vm_call(vm, "fine", NULL, NULL),
                   (outcome){BIT(TIMEOUT) | BIT(VM_DIED), DIES}, NULL);
    close_vm(vm);
}

static bool group_is_gone(void *pid) { return kill(-*(pid_t *)pid, 0) != 0 && errno == ESRCH; }

/* What it started holds its pipes open: the death is known at once, and the heir is killed with the
 * group. */
static void grandchild(void **state) {
    (void)state;
    const fk_vm_options options = child_options("grandchild");
    fk_vm *vm = open_vm(&options);
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm, &stats), FK_OK);
    pid_t group = (pid_t)stats.pid;
    const double start = seconds_now();
    expect_outcome(vm, fk_vm_call(vm, "act", NULL, NULL), (outcome)DEAD(VM_DIED),
                   "exited with code 3");
    assert_true(seconds_now() - start < 3);
    assert_true(within(3, group_is_gone, &group));
    close_vm(vm);
}

/* It blocks on a full stderr between the calls, and goes on with the next. */
static void stderr_full_idle(void **state) {
    (void)state;
    fk_vm_options options = child_options("stderr_full_idle");
    fk_vm *vm = open_vm(&options);
    assert_int_equal(fk_vm_call(vm, "act", NULL, NULL), FK_OK);
    assert_int_equal(fk_vm_call(vm, "fine", NULL, NULL), FK_OK);
    close_vm(vm);
    assert_true(output_bytes() >= 300000);
}

static const item items[] = {{"B9.deaf", MISBEHAVING, deaf, NULL},
                             {"B9.both-write", MISBEHAVING, both_write, NULL},
                             {"B10.closes-stdout", MISBEHAVING, run_misdeed, &no_stdout},
                             {"B10.closes-stdin", MISBEHAVING, closes_stdin, NULL},
                             {"B10.closes-both", MISBEHAVING, run_misdeed, &neither},
                             {"B11.grandchild", MISBEHAVING, grandchild, NULL},
                             {"B11.escaped-grandchild", MISBEHAVING, run_misdeed, &escaped},
                             {"B12.stderr-full", MISBEHAVING, run_misdeed, &stderr_full},
                             {"B12.stderr-full-idle", MISBEHAVING, stderr_full_idle, NULL},
                             {"B12.stderr-closed", MISBEHAVING, run_misdeed, &stderr_closed}};
TOPIC(child_pipes, items);
