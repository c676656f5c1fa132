/* SPDX-License-Identifier: MIT */
/* Answers and requests with odd ids, unknown methods, and floods. */
#include "child.h"

#include <stdio.h>
#include <string.h>

#define DROPPED                                                                                    \
    {BIT(OK), LIVES}, { BIT(PROTOCOL), DIES }

static const misdeed unknown = {"unknown_id", DROPPED}, null_id = {"null_id", DROPPED},
                     null_error = {"null_error", DROPPED}, string_id = {"string_id", DROPPED},
                     fraction = {"fraction_id", DROPPED}, negative = {"negative_id", DROPPED},
                     zero = {"zero_id", DROPPED}, huge = {"huge_id", DROPPED},
                     requests = {"request_ids", DROPPED},
                     both = {"both", {BIT(BAD_VALUE), LIVES}, {BIT(PROTOCOL), DIES}},
                     neither = {"neither", {BIT(BAD_VALUE), LIVES}, {BIT(PROTOCOL), DIES}},
                     twice = {"twice_in_object", DROPPED},
                     same = {"same_request_id", BOTH(BIT(OK), LIVES)};

/* What a foreign child sent in vain is counted, and logged once. */
static void counted(void **state) {
    (void)state;
    fk_vm_options options = child_options("huge_id");
    fk_vm *vm = open_vm(&options);
    assert_int_equal(fk_vm_call(vm, "act", NULL, NULL), FK_OK);
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm, &stats), FK_OK);
    assert_int_equal(stats.messages_dropped, 2);
    const char *first = strstr(output_text(), "cannot be used");
    assert_non_null(first);
    assert_null(strstr(first + 1, "cannot be used"));
    close_vm(vm);
}

/* The first counts; the second is one that nobody waits for. */
static void duplicate(void **state) {
    (void)state;
    fk_vm_options options = child_options("duplicate_answer");
    fk_vm *vm = open_vm(&options);
    assert_int_equal(fk_vm_call(vm, "act", NULL, NULL), FK_OK);
    assert_int_equal(fk_vm_call(vm, "fine", NULL, NULL), on(COMMAND) ? FK_OK : FK_PROTOCOL);
    close_vm(vm);
}

static void answers(void **state) {
    const char *const *mode_and_codes = *state;
    fk_vm_options options = child_options(mode_and_codes[0]);
    options.methods = child_methods;
    fk_vm *vm = open_vm(&options);
    fk_value *result = NULL;
    assert_int_equal(fk_vm_call(vm, "act", NULL, &result), FK_OK);
    if (!fk_value_equal(result, &FK_STR(mode_and_codes[1])))
        fail_msg("%.*s", (int)result->size, result->string);
    fk_value_free(result);
    close_vm(vm);
}
static const char *const unknown_method[] = {"unknown_method", "-32601 none"},
                         *const bad_params[] = {"bad_params", "-32602 -32602 none"};

static const misdeed flood = {"flood", BOTH(BIT(PROTOCOL), DIES), "max_host_calls"},
                     request_flood = {
                         "request_flood",
                         BOTH(BIT(PROTOCOL),
                              DIES)} /* it reads no answers: max_message may come first */;

static bool child_waits(void *vm) {
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm, &stats);
    char path[32], state = 0;
    snprintf(path, sizeof path, "/proc/%lld/stat", (long long)stats.pid);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1) state = 0;
    if (file) fclose(file);
    return state == 'S';
}

static bool poll_fails(void *vm) { return fk_vm_poll(vm) != FK_OK; }

/* It answered, and goes on without end. With nobody looking the pipe fills with more than one look
 * may handle; from another machine it may come in smaller pieces at first. */
static void idle_flood(void **state) {
    (void)state;
    fk_vm_options options = child_options("idle_flood");
    options.methods = child_methods;
    options.max_host_calls = 40;
    fk_vm *vm = open_vm(&options);
    const uint64_t before = resident_bytes();
    assert_int_equal(fk_vm_call(vm, "act", NULL, NULL), FK_OK);
    assert_true(within(20, child_waits, vm));
    assert_true(within(20, poll_fails, vm));
    const fk_status status = fk_error_last()->status;
    assert_non_null(strstr(fk_error_last()->message, "max_host_calls"));
    expect_outcome(vm, status, (outcome)DEAD(PROTOCOL), NULL);
    if (!FK_SANITIZED) assert_true(resident_bytes() < before + (16u << 20));
    close_vm(vm);
}

static const item items[] = {{"B6.unknown", MISBEHAVING, run_misdeed, &unknown},
                             {"B6.duplicate", MISBEHAVING, duplicate, NULL},
                             {"B6.null", MISBEHAVING, run_misdeed, &null_id},
                             {"B6.null-error", MISBEHAVING, run_misdeed, &null_error},
                             {"B6.string", MISBEHAVING, run_misdeed, &string_id},
                             {"B6.fraction", MISBEHAVING, run_misdeed, &fraction},
                             {"B6.negative", MISBEHAVING, run_misdeed, &negative},
                             {"B6.zero", MISBEHAVING, run_misdeed, &zero},
                             {"B6.huge", MISBEHAVING, run_misdeed, &huge},
                             {"B6.requests", MISBEHAVING, run_misdeed, &requests},
                             {"B6.both", MISBEHAVING, run_misdeed, &both},
                             {"B6.neither", MISBEHAVING, run_misdeed, &neither},
                             {"B6.twice", MISBEHAVING, run_misdeed, &twice},
                             {"B6.same-request-id", MISBEHAVING, run_misdeed, &same},
                             {"B6.counted", COMMAND, counted, NULL},
                             {"B7.unknown-method", MISBEHAVING, answers, unknown_method},
                             {"B7.bad-params", MISBEHAVING, answers, bad_params},
                             {"B8.flood", MISBEHAVING, run_misdeed, &flood},
                             {"B8.request-flood", MISBEHAVING, run_misdeed, &request_flood},
                             {"B8.idle-flood", MISBEHAVING, idle_flood, NULL}};
TOPIC(child_ids, items);
