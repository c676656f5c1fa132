/* SPDX-License-Identifier: MIT */
/* What a child's lines may look like, and when they never come. */
#include "child.h"

#include <string.h>

#define OK_OR_PROTOCOL                                                                             \
    {BIT(OK), LIVES}, { BIT(PROTOCOL), DIES }
#define STUCK(mode)                                                                                \
    { mode, BOTH(BIT(TIMEOUT), DIES), "200", 200 }

static const misdeed garbage = {"garbage", OK_OR_PROTOCOL}, broken = {"broken", OK_OR_PROTOCOL},
                     many_broken = {"many_broken", BOTH(BIT(PROTOCOL), DIES)},
                     crlf = {"crlf", BOTH(BIT(OK), LIVES)}, bytes = {"bytes", BOTH(BIT(OK), LIVES)},
                     many = {"many_in_one", BOTH(BIT(OK), LIVES)},
                     split = {"split_everywhere", BOTH(BIT(OK), LIVES)}, partial = STUCK("partial"),
                     slow = {"slow_byte", BOTH(BIT(TIMEOUT), DIES), "200", 200},
                     cut_off = {"cut_off", BOTH(BIT(VM_DIED) | BIT(PROTOCOL), DIES)},
                     long_line = {"long_line", BOTH(BIT(PROTOCOL), DIES), "2097152"},
                     long_whole = {"long_whole_line", BOTH(BIT(PROTOCOL), DIES), "max_message"},
                     never = STUCK("never_answers"), spins = STUCK("spins"), stops = STUCK("stops"),
                     term = STUCK("ignores_term");

/* What is no message is output with a foreign child. */
static void garbage_is_output(void **state) {
    (void)state;
    fk_vm_options options = child_options("garbage");
    options.methods = child_methods;
    fk_vm *vm = open_vm(&options);
    assert_int_equal(fk_vm_call(vm, "act", NULL, NULL), FK_OK);
    assert_non_null(strstr(output_text(), "stdout: what is this?"));
    assert_non_null(strstr(output_text(), "stdout: null"));
    close_vm(vm);
}

/* All that was in the pipe has been handled before the answer counts. */
static void drained(void **state) {
    const misdeed *deed = *state;
    run_misdeed(state);
    assert_int_equal(taken, deed == &many ? 500 : deed == &split ? 73 : 1);
}

/* The time limit does not begin anew with each byte. */
static void memory_of_a_long_line(void **state) {
    const uint64_t before = resident_bytes();
    run_misdeed(state);
    if (!FK_SANITIZED) assert_true(resident_bytes() < before + (12u << 20));
}

static const item items[] = {{"B3.garbage", MISBEHAVING, run_misdeed, &garbage},
                             {"B3.garbage-is-output", COMMAND, garbage_is_output, NULL},
                             {"B3.broken", MISBEHAVING, run_misdeed, &broken},
                             {"B3.many-broken", MISBEHAVING, run_misdeed, &many_broken},
                             {"B3.crlf", MISBEHAVING, drained, &crlf},
                             {"B3.byte-by-byte", MISBEHAVING, drained, &bytes},
                             {"B3.many-in-one-read", MISBEHAVING, drained, &many},
                             {"B3.split-at-every-byte", MISBEHAVING, drained, &split},
                             {"B3.partial", MISBEHAVING, run_misdeed, &partial},
                             {"B3.slow-bytes", MISBEHAVING, run_misdeed, &slow},
                             {"B3.cut-off", MISBEHAVING, run_misdeed, &cut_off},
                             {"B4.long-line", MISBEHAVING, memory_of_a_long_line, &long_line},
                             {"B4.long-whole-line", MISBEHAVING, run_misdeed, &long_whole},
                             {"B5.never-answers", MISBEHAVING, run_misdeed, &never},
                             {"B5.spins", MISBEHAVING, run_misdeed, &spins},
                             {"B5.stops", MISBEHAVING, run_misdeed, &stops},
                             {"B11.ignores-term", MISBEHAVING, run_misdeed, &term}};
TOPIC(child_lines, items);
