/* SPDX-License-Identifier: MIT */
/* Output: lines, records, levels, any bytes, order, limits; and input, which is at its end. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_is_cut_into_lines(void **state) {
    (void)state;
    fk_vm *vm = contract_open("output.lua");
    expect_call(vm, "say", "[\"one\"]", "null");
    expect_call(vm, "say", "[\"two\\nthree\\n\"]", "null");
    expect_call(vm, "say", "[\"\"]", "null");
    expect_seen("print: one\nprint: two\nprint: three\nprint: \nprint: \n");
    contract_close(vm);
}

static void written_in_pieces(void **state) {
    (void)state;
    fk_vm *vm = contract_open("output.lua");
    expect_call(vm, "write", "[\"a\",1,\"b\",2.5,\"\\nc\\n\"]", "null");
    expect_seen("print: a1b2.5\nprint: c\n");
    expect_call(vm, "write", "[\"no end\"]", "null"); /* ends with the call */
    expect_seen("print: no end\n");
    expect_call(vm, "by_stdout", "[\"direct\\n\"]", "null");
    expect_seen("print: direct\n");
    contract_close(vm);
}

static void finalizers_at_the_end(void **state) {
    (void)state;
    fk_vm *vm = contract_open("output.lua");
    expect_call(vm, "say_goodbye", NULL, "null");
    contract_close(vm);
    expect_seen("print: goodbye\nprint: in pieces\n");
}

/* All of them run, in the order that Lua's manual promises (2.5.3); a descriptor that stayed open
 * would be a leak. */
static void finalizers_run_in_order(void **state) {
    (void)state;
    fk_vm *vm = contract_open("output.lua");
    expect_call(vm, "leave_in_order", NULL, "null");
    contract_close(vm);
    expect_seen("print: 3\nprint: 2\nprint: 1\n");
}

/* A script that is trusted may take away what the library keeps to end the state by. */
static void finalizers_run_without_the_library(void **state) {
    (void)state;
    fk_vm_options options = contract_options("output.lua");
    options.sandbox = FK_SANDBOX_TRUSTED;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "empty_registry", NULL, "null");
    expect_call(vm, "leave_in_order", NULL, "null");
    contract_close(vm);
    expect_seen("print: 3\nprint: 2\nprint: 1\n");
}

static void finalizers_have_close_timeout(void **state) {
    (void)state;
    fk_vm_options options = contract_options("output.lua");
    options.close_timeout = 20000;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "leave_slowly", NULL, "null");
    contract_close(vm);
    expect_seen("print: gone\n");
}

static void print_joins_by_tabs(void **state) {
    (void)state;
    fk_vm *vm = contract_open("output.lua");
    expect_call(vm, "print_many", "[1,\"a\",2.0]", "null");
    expect_call(vm, "print_many", NULL, "null");
    expect_call(vm, "print_kinds", NULL, "null");
    expect_seen("print: 1\ta\t2.0\nprint: \nprint: nil\ttrue\t1\t1.5\tx\tnamed\n");
    contract_close(vm);
}

static void levels(void **state) {
    (void)state;
    fk_vm *vm = contract_open("output.lua");
    expect_call(vm, "levels", NULL, "null");
    expect_seen("debug: a debug\ninfo: an info\nwarning: a 7%\ncritical: critical\n");
    contract_close(vm);
}

typedef struct tally {
    size_t bytes, lines; /* of all but warnings */
    int warnings;
    char warning[200]; /* the last */
} tally;

static void count_output(void *user, fk_level level, const char *text, size_t size) {
    tally *t = user;
    if (level == FK_LEVEL_WARNING) {
        const size_t n = size < sizeof t->warning - 1 ? size : sizeof t->warning - 1;
        memcpy(t->warning, text, n);
        t->warning[n] = '\0';
        t->warnings++;
        return;
    }
    t->bytes += size;
    t->lines++;
}

/* A traceback is one record, not one a line. */
static void records_arrive_whole(void **state) {
    (void)state;
    fk_vm *vm = contract_open("output.lua");
    expect_call(vm, "records", NULL, "null");
    expect_seen("critical: one\ntwo\nthree\nwarning: ends with lines\n\n\ninfo: \ndebug: \n\n");
    expect_call(vm, "one_warning", "[\"a\\n\",\"b\\n\",\"c\"]", "null");
    expect_seen("warning: Lua warning: a\nb\nc\n");
    contract_close(vm);
}

/* What is written to io.stderr is a record once a write ends with a newline, or the call ends. */
static void stderr_in_pieces(void **state) {
    (void)state;
    tally t = {0};
    fk_vm_options options = contract_options("output.lua");
    options.output = count_output;
    options.user = &t;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "stderr_pieces", "[\"a\\nb\",\"c\",\"\\nd\\n\"]", "null");
    assert_string_equal(t.warning, "a\nbc\nd");
    assert_int_equal(t.warnings, 1);
    expect_call(vm, "stderr_pieces", "[\"e\\n\",\"f\\ng\"]", "null");
    assert_string_equal(t.warning, "f\ng");
    assert_int_equal(t.warnings, 3);
    contract_close(vm);
}

/* Longer than the room for a line, and than one message. */
static void long_records_arrive_whole(void **state) {
    (void)state;
    static const uint32_t max_messages[] = {0, 20000};
    for (int i = 0; i < 2; i++) {
        tally t = {0};
        fk_vm_options options = contract_options("output.lua");
        options.output = count_output;
        options.user = &t;
        options.max_message = max_messages[i];
        fk_vm *vm = contract_open_with(&options);
        expect_call(vm, "record", "[20000,\"line\"]", "null");
        assert_int_equal(t.lines, 1);
        assert_int_equal(t.bytes, 100003);
        expect_call(vm, "record", "[20000,\"ab\\n\"]", "null"); /* halves that end with newlines */
        assert_int_equal(t.lines, 2);
        assert_int_equal(t.bytes, 100003 + 80003);
        contract_close(vm);
    }
}

/* As the lua program has it: off until asked for, in one record; a finalizer that fails is heard of
 * too. */
static void warnings(void **state) {
    (void)state;
    fk_vm *vm = contract_open("output.lua");
    expect_call(vm, "warn_of", "[\"unheard\"]", "null");
    expect_call(vm, "warn_of", "[\"@on\"]", "null");
    expect_call(vm, "warn_of", "[\"a \",\"warning in \",3,\" pieces\"]", "null");
    expect_call(vm, "warn_of", "[\"@unknown\"]", "null");
    expect_call(vm, "warn_of", "[\"@\",\"in pieces\"]", "null");
    expect_seen("warning: Lua warning: a warning in 3 pieces\nwarning: Lua warning: @in pieces\n");
    expect_call(vm, "failing_finalizer", NULL, "null");
    expect_contains(seen(), "warning: Lua warning: error in __gc");
    expect_call(vm, "warn_of", "[\"@off\"]", "null");
    forget_seen();
    expect_call(vm, "warn_of", "[\"unheard\"]", "null");
    expect_seen("");
    contract_close(vm);
}

/* Without a callback output goes to the server's standard output, each record with its level; no
 * line of one looks like another. */
static void to_standard_output(void **state) {
    (void)state;
    fk_vm_options options = contract_options("output.lua");
    options.output = NULL;
    fk_vm *vm = contract_open_with(&options);
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(stdout);
    const int kept = dup(STDOUT_FILENO);
    assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
    const fk_status said =
        fk_vm_call(vm, "say", &FK_ARRAY(((const fk_value[]){FK_STR("a line")})), NULL);
    const fk_status levels_said = fk_vm_call(vm, "levels", NULL, NULL);
    const fk_status record_said = fk_vm_call(vm, "records", NULL, NULL);
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    assert_int_equal(said, FK_OK);
    assert_int_equal(levels_said, FK_OK);
    assert_int_equal(record_said, FK_OK);
    char text[400] = "";
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(
        text, "a line\ndebug: a debug\ninfo: an info\nwarning: a 7%\ncritical: critical\n"
              "critical: one\n          two\n          three\n"
              "warning: ends with lines\n         \n         \ninfo: \ndebug: \n       \n");
    contract_close(vm);
}

typedef struct bytes {
    char text[64];
    size_t size;
} bytes;

static void keep_bytes(void *user, fk_level level, const char *text, size_t size) {
    bytes *b = user;
    (void)level;
    b->size = size < sizeof b->text ? size : sizeof b->text;
    memcpy(b->text, text, b->size);
}

static void any_bytes(void **state) {
    (void)state;
    bytes b = {{0}, 0};
    fk_vm_options options = contract_options("output.lua");
    options.output = keep_bytes;
    options.user = &b;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "say", "[{\"$bytes\":\"YQBiG//+\"}]", "null"); /* a NUL b ESC ff fe */
    assert_int_equal(b.size, 6);
    assert_memory_equal(b.text, "a\0b\x1b\xff\xfe", 6);
    contract_close(vm);
}

static void a_message_is_only_a_line(void **state) {
    (void)state;
    static const char line[] =
        "print: {\"jsonrpc\":\"2.0\",\"method\":\"mark\",\"params\":[\"forged\"]}\n";
    fk_vm *vm = contract_open("output.lua");
    expect_call(vm, "forged", NULL, "null");
    expect_seen(line);
    expect_call(vm, "forged_by_write", NULL, "null");
    expect_seen(line);
    contract_close(vm);
}

static void no_more_than_max_output(void **state) {
    (void)state;
    tally t = {0};
    fk_vm_options options = contract_options("output.lua");
    options.output = count_output;
    options.user = &t;
    options.max_output = 1000;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "lines", "[100,99]", "null"); /* 10,000 bytes with their line ends */
    assert_int_equal(t.lines, 10);
    assert_int_equal(t.bytes, 990);
    expect_contains(t.warning, "max_output");
    expect_contains(t.warning, "9000");
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_int_equal(stats.output_cut, 9000);
    t = (tally){0}; /* each call has its own */
    expect_call(vm, "lines", "[10,99]", "null");
    assert_int_equal(t.bytes, 990);
    assert_string_equal(t.warning, "");
    contract_close(vm);
}

static void much_output(void **state) {
    (void)state;
    tally t = {0};
    fk_vm_options options = contract_options("output.lua");
    options.output = count_output;
    options.user = &t;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "lines", "[100000,99]", "null");
    assert_int_equal(t.lines, 100000);
    assert_int_equal(t.bytes, 9900000);
    contract_close(vm);
}

static void input_is_at_its_end(void **state) {
    (void)state;
    fk_vm *vm = contract_open("output.lua");
    expect_call(vm, "read_line", NULL, "true");
    expect_call(vm, "read_all", NULL, "true");
    expect_call(vm, "stdin_line", NULL, "true");
    contract_close(vm);
}

static void no_debugger(void **state) {
    (void)state;
    fk_vm *vm = contract_open("output.lua");
    expect_call(vm, "no_debugger", NULL, "\"went on\"");
    expect_contains(seen(), "warning: ");
    expect_contains(seen(), "debug");
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {TEST(print_is_cut_into_lines),
                                          TEST(written_in_pieces),
                                          TEST(finalizers_at_the_end),
                                          TEST(finalizers_run_in_order),
                                          TEST(finalizers_run_without_the_library),
                                          TEST(finalizers_have_close_timeout),
                                          TEST(print_joins_by_tabs),
                                          TEST(levels),
                                          TEST(records_arrive_whole),
                                          TEST(stderr_in_pieces),
                                          TEST(long_records_arrive_whole),
                                          TEST(warnings),
                                          TEST(to_standard_output),
                                          TEST(any_bytes),
                                          TEST(a_message_is_only_a_line),
                                          TEST(no_more_than_max_output),
                                          TEST(much_output),
                                          TEST(input_is_at_its_end),
                                          TEST(no_debugger)};
TOPIC(output, tests);
