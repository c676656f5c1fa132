/* SPDX-License-Identifier: MIT */
/* A child that is none of ours: how FK_VM_COMMAND names it, what the codes of its errors mean, what
 * it may leave out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fk_vm.h"

#define HELLO "echo '{\"jsonrpc\":\"2.0\",\"method\":\"hello\"}'; read call; "

static char said[1000];

static void record(void *user, fk_level level, const char *text, size_t size) {
    (void)user;
    const size_t used = strlen(said);
    snprintf(said + used, sizeof said - used, "%d: %.*s\n", level, (int)size, text);
}

static fk_vm *open_with(const fk_vm_options *options) {
    fk_vm *vm = NULL;
    if (fk_vm_open(options, &vm) != FK_OK) fail_msg("%s", fk_error_last()->message);
    return vm;
}

static fk_vm *open_shell(const char *script) {
    const char *const command[] = {"/bin/sh", "-c", script, NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = script ? command : NULL;
    options.output = record;
    said[0] = '\0';
    return open_with(&options);
}

static void codes(void **state) {
    (void)state;
    static const struct {
        int code;
        fk_status status;
    } meanings[] = {{FK_CODE_METHOD_NOT_FOUND, FK_NO_METHOD},
                    {FK_CODE_TIMEOUT, FK_TIMEOUT},
                    {FK_CODE_MEMORY_LIMIT, FK_MEMORY_LIMIT},
                    {FK_CODE_BAD_VALUE, FK_BAD_VALUE},
                    {FK_CODE_SCRIPT_ERROR, FK_SCRIPT_ERROR},
                    {FK_CODE_INTERNAL, FK_SCRIPT_ERROR},
                    {5, FK_SCRIPT_ERROR}};
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        char script[300];
        snprintf(
            script, sizeof script,
            HELLO
            "echo '{\"jsonrpc\":\"2.0\",\"error\":{\"code\":%d,\"message\":\"why\"},\"id\":1}'; "
            "read bye",
            meanings[i].code);
        fk_vm *vm = open_shell(script);
        assert_int_equal(fk_vm_call(vm, "work", NULL, NULL), meanings[i].status);
        assert_int_equal(fk_error_last()->code, meanings[i].code);
        assert_string_equal(fk_error_last()->message, "why");
        assert_true(fk_error_last()->vm_alive);
        assert_int_equal(fk_vm_close(vm), FK_OK);
    }
}

/* A child that knows no $bytes: what stands between the quotes are bytes, both ways. */
static void raw_strings(void **state) {
    (void)state;
    const char *const command[] = {
        "/bin/sh", "-c",
        HELLO "case $call in *\"$(printf '\"\\377x\"')\"*) "
              "printf '{\"jsonrpc\":\"2.0\",\"result\":\"\\200y\\\\u0000\",\"id\":1}\\n';; esac; "
              "read bye",
        NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.flags = FK_OPEN_RAW_STRINGS;
    fk_vm *vm = open_with(&options);
    const fk_value params[] = {FK_STR("\377x")};
    fk_value *answer = NULL;
    if (fk_vm_call(vm, "work", &FK_ARRAY(params), &answer) != FK_OK)
        fail_msg("%s", fk_error_last()->message);
    assert_int_equal(answer->kind, FK_STRING);
    assert_int_equal(answer->size, 3);
    assert_memory_equal(answer->string, "\200y", 3);
    fk_value_free(answer);
    assert_int_equal(fk_vm_close(vm), FK_OK);
}

/* Output by notification or request, alone or as "each": a line or record for each, which holds the
 * newlines of a record. */
static void output(void **state) {
    (void)state;
    fk_vm *vm = open_shell(
        HELLO
        "echo '{\"jsonrpc\":\"2.0\",\"method\":\"print\",\"params\":[\"a\",7,\"b\"]}'; "
        "echo "
        "'{\"jsonrpc\":\"2.0\",\"method\":\"qWarning\",\"params\":[\"rest\"],\"each\":[\"x\","
        "\"y\"]}'; "
        "printf '%s\\n' '{\"jsonrpc\":\"2.0\",\"method\":\"print\",\"params\":[\"l\\n\",\"m\"]}' "
        "'{\"jsonrpc\":\"2.0\",\"method\":\"qCritical\",\"params\":[\"one\\n\",\"two\\nthree\"]}'; "
        "echo '{\"jsonrpc\":\"2.0\",\"method\":\"qInfo\",\"params\":[\"asked\"],\"id\":9}'; "
        "read answer; "
        "case $answer in *'\"result\":null,\"id\":9'*) echo "
        "'{\"jsonrpc\":\"2.0\",\"result\":1,\"id\":1}' ;; esac; read bye");
    if (fk_vm_call(vm, "work", NULL, NULL) != FK_OK) fail_msg("%s", fk_error_last()->message);
    assert_string_equal(said, "0: a\t\tb\n3: x\trest\n3: y\trest\n0: l\n0: \tm\n"
                              "4: one\n\ttwo\nthree\n2: asked\n");
    assert_int_equal(fk_vm_close(vm), FK_OK);
}

/* As a shell reads it, but nothing is expanded. */
static void quoting(void **state) {
    (void)state;
    setenv("FK_VM_COMMAND",
           "/bin/sh -c 'for word; do printf \"<%s>\\\\n\" \"$word\"; done; echo "
           "{\\\"jsonrpc\\\":\\\"2.0\\\",\\\"method\\\":\\\"hello\\\"}; read bye'"
           "  sh  two\\ words \"a \\\"quoted\\\" \\n one\" 'single $HOME \\' un\"join\"ed \"\" "
           "$HOME \\\\",
           1);
    fk_vm *vm = open_shell(NULL);
    assert_string_equal(said, "5: <two words>\n5: <a \"quoted\" \\n one>\n5: <single $HOME \\>\n5: "
                              "<unjoined>\n5: <>\n5: <$HOME>\n5: <\\>\n");
    assert_int_equal(fk_vm_close(vm), FK_OK);

    setenv("FK_VM_COMMAND", "/bin/sh -c 'no end", 1);
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    assert_int_equal(fk_vm_open(&options, &vm), FK_INVALID);
    assert_non_null(strstr(fk_error_last()->message,
                           "a quote does not end in FK_VM_COMMAND: /bin/sh -c 'no end"));
    unsetenv("FK_VM_COMMAND");
}

static void expect_in(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("'%s' is not in '%s'", part, text);
}

/* An answer that cannot be read, but whose id can: that call fails at once, and the VM lives. */
static void unreadable_answers(void **state) {
    (void)state;
    static const struct {
        const char *answer, *problem;
    } answers[] = {
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":NaN}", "byte 33"},
        {"{\"jsonrpc\":\"2.0\",\"result\":NaN,\"id\":1}", "byte 26"},
        {"{\"jsonrpc\":\"2.0\",\"result\":\"\\303\\050\",\"id\":1}", "UTF-8"},
        {"{\"jsonrpc\":\"2.0\",\"result\":{\"id\":7,\"x\":1e999},\"id\" : 1}", "byte"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1}", "neither a method nor an answer"},
        {"{\"jsonrpc\":\"2.0\",\"result\":1,\"error\":{\"code\":1,\"message\":\"\"},\"id\":1}",
         "both a result and an error"},
        {"{\"jsonrpc\":\"2.0\",\"error\":7,\"id\":1}", "error has no code"}};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        char script[400];
        snprintf(script, sizeof script,
                 HELLO "printf '%s\\n'; read again; "
                       "echo '{\"jsonrpc\":\"2.0\",\"result\":2,\"id\":2}'; read bye",
                 answers[i].answer);
        fk_vm *vm = open_shell(script);
        if (fk_vm_call(vm, "work", NULL, NULL) != FK_BAD_VALUE)
            fail_msg("%s: %s", answers[i].answer, fk_error_last()->message);
        expect_in(fk_error_last()->message, "answered 'work' with what cannot be read: ");
        expect_in(fk_error_last()->message, answers[i].problem);
        assert_true(fk_error_last()->vm_alive);
        assert_int_equal(fk_vm_call(vm, "again", NULL, NULL), FK_OK);
        assert_int_equal(fk_vm_close(vm), FK_OK);
    }
}

/* max_values counts what a child says as it counts what a script says: items and members, however they
 * are written; the params of a host method are none of them. */
static void values_are_counted(void **state) {
    (void)state;
    static const struct {
        const char *said; /* an answer or a notification before the answer */
        fk_status status;
        const char *heard;
    } rows[] = {
        {"\"result\":[1,2,3,[]],\"id\":1", FK_OK, ""},
        {"\"result\":[1,2,3,4,5],\"id\":1", FK_BAD_VALUE, ""},
        {"\"result\":[1,[2,3,4]],\"id\":1", FK_BAD_VALUE, ""},
        {"\"result\":{\"a\":[{\"b\":1,\"c\":2}]},\"id\":1", FK_OK, ""},
        {"\"result\":{\"a\":[{\"b\":1,\"c\":2,\"d\":3}]},\"id\":1", FK_BAD_VALUE, ""},
        {"\"result\":[{\"$int\":\"1\"},{\"$object\":{\"$a\":1}},{\"$float\":\"inf\"}],\"id\":1",
         FK_OK, ""},
        {"\"method\":\"print\",\"params\":[\"1\",2,3,4,5,[]]", FK_OK, "0: 1"},
        {"\"method\":\"print\",\"params\":[1,[2,3],[4,5,6]]", FK_OK, "more values in one message"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char script[400];
        snprintf(script, sizeof script,
                 HELLO "echo '{\"jsonrpc\":\"2.0\",%s}'; "
                       "echo '{\"jsonrpc\":\"2.0\",\"result\":2,\"id\":1}'; read bye; read bye",
                 rows[i].said);
        const char *const command[] = {"/bin/sh", "-c", script, NULL};
        fk_vm_options options = FK_VM_OPTIONS_INIT;
        options.backend = "process";
        options.command = command;
        options.output = record;
        options.max_values = 4;
        said[0] = '\0';
        fk_vm *vm = open_with(&options);
        if (fk_vm_call(vm, "work", NULL, NULL) != rows[i].status) fail_msg("%s", rows[i].said);
        if (rows[i].status != FK_OK) expect_in(fk_error_last()->message, "max_values");
        expect_in(said, rows[i].heard);
        fk_vm_close(vm);
    }
}

/* Where a command that is not found was looked for. */
static void missing_command(void **state) {
    (void)state;
    static const char *const command[] = {"./wrap.sh", NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.directory = "/usr/share";
    fk_vm *vm = NULL;
    assert_int_equal(fk_vm_open(&options, &vm), FK_OPEN_FAILED);
    expect_in(fk_error_last()->message,
              "cannot start './wrap.sh' in the directory '/usr/share': No such");
}

/* entry.lua under a Lua that its module is not made for. */
static void another_lua(void **state) {
    (void)state;
#ifdef FK_LUA
    static const char *const command[] = {FK_LUA, "-e", "_VERSION = 'Lua 5.1'", FK_ENTRY, NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.script = FK_ENTRY; /* any file that is there */
    fk_vm *vm = NULL;
    assert_int_equal(fk_vm_open(&options, &vm), FK_OPEN_FAILED);
    expect_in(fk_error_last()->message, "this is Lua 5.1, fkvm's children need Lua 5.4");
#else
    skip();
#endif
}

/* What a child that is not understood wrote is in the message of its end. */
static void not_understood(void **state) {
    (void)state;
    static const struct {
        const char *hello, *part;
    } children[] = {
        {"", "Nothing came from it: does it flush its standard output?"},
        {"printf '{\"jsonrpc\":\"2.0\",'", "Bytes of a line that did not end: 17: '{\"jsonrpc\""},
        {"echo '{\"jsonrpc\":\"1.0\",\"method\":\"hello\"}'",
         "Lines that were taken as output: 1. The last: '{\"jsonrpc\":\"1.0\""},
        {"printf '\\357\\273\\277{\"jsonrpc\":\"2.0\",\"method\":\"hello\"}\\n'",
         "taken as output: 1. The last: '\\xef\\xbb\\xbf{"},
        {"printf '{\\000\"\\000j\\000\\n\\000'", "taken as output: 1. The last: '{\\x00\"\\x00j"},
        {"echo '{\"jsonrpc\":\"2.0\",\"result\":1,\"id\":77}'",
         "Messages that could not be used: 1. The last: '{"},
        {"yes out | head -n 1000", "Lines that were taken as output: 1000. The last: 'out'"}};
    for (size_t i = 0; i < sizeof children / sizeof *children; i++) {
        char script[300];
        snprintf(script, sizeof script, "%s; read bye; read more",
                 *children[i].hello ? children[i].hello : ":");
        const char *const command[] = {"/bin/sh", "-c", script, NULL};
        fk_vm_options options = FK_VM_OPTIONS_INIT;
        options.backend = "process";
        options.command = command;
        options.open_timeout = 1000;
        fk_vm *vm = NULL;
        assert_int_equal(fk_vm_open(&options, &vm), FK_TIMEOUT);
        expect_in(fk_error_last()->message, "did not finish during 'hello'");
        expect_in(fk_error_last()->message, children[i].part);
    }
}

static fk_vm *flooded;
static size_t heard, warnings;

static void count(void *user, fk_level level, const char *text, size_t size) {
    (void)user;
    if (level == FK_LEVEL_STDERR) heard += size + 1;
    if (level == FK_LEVEL_WARNING && strstr(text, "bytes of output were cut")) warnings++;
}

/* What a child writes to its standard error between calls is limited and counted, too. */
static void flood_between_calls(void **state) {
    (void)state;
    enum { limit = 10000 };
    const char *const command[] = {
        "/bin/sh", "-c", "echo '{\"jsonrpc\":\"2.0\",\"method\":\"hello\"}'; yes flood >&2", NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.output = count;
    options.max_output = limit;
    options.close_timeout = 1;
    const time_t begin = time(NULL);
    assert_int_equal(fk_vm_open(&options, &flooded), FK_OK);
    fk_stats stats = FK_STATS_INIT;
    while (stats.output_cut < 100 * limit) {
        assert_int_equal(fk_vm_poll(flooded), FK_OK);
        assert_int_equal(fk_vm_stats(flooded, &stats), FK_OK);
    }
    const size_t seconds = (size_t)(time(NULL) - begin) + 2;
    assert_true(heard <= (seconds + 1) * limit);
    assert_true(warnings <= seconds + 1);
    fk_vm_close(flooded);
}

/* docs/security.md: a PID namespace takes a process along that has left the group. This one holds
 * the writing end of a pipe that has a name. */
static void daemons_end_in_a_namespace(void **state) {
    (void)state;
    enum { hang_ms = 60000 };
    if (system("unshare --user --pid --fork --kill-child true 2>/dev/null") != 0) {
        print_message("a PID namespace is not allowed here, or there is no unshare\n");
        skip();
    }
    char folder[] = "/tmp/fk-daemon-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0666), 0);
    const char *const command[] = {"unshare",
                                   "--user",
                                   "--pid",
                                   "--fork",
                                   "--kill-child",
                                   "sh",
                                   "-c",
                                   "setsid sh -c 'exec sleep 1000 >\"$0\"' \"$1\" <&- 2>&- & "
                                   "echo '{\"jsonrpc\":\"2.0\",\"method\":\"hello\"}'; read bye",
                                   "sh",
                                   path,
                                   NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    fk_vm *vm = open_with(&options);
    const int reader = open(path, O_RDONLY); /* until the daemon is there */
    assert_true(reader >= 0);
    struct pollfd end = {reader, POLLIN, 0};
    assert_int_equal(poll(&end, 1, 0), 0);
    fk_vm_close(vm); /* whether it was in time is no matter here */
    assert_int_equal(poll(&end, 1, hang_ms), 1);
    assert_true(end.revents & POLLHUP);
    close(reader);
    unlink(path);
    rmdir(folder);
}

static fk_status take_longer_than_allowed(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)request, (void)params;
    struct timespec from, now;
    clock_gettime(CLOCK_MONOTONIC, &from);
    do clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - from.tv_sec) * 1000000000 + now.tv_nsec - from.tv_nsec < 2000000);
    return FK_OK;
}

/* The answer has been read when the limit passes, so that nobody asked for it. */
static void interrupted_by_a_limit(void **state) {
    (void)state;
    const fk_method methods[] = {{.name = "long", .call = take_longer_than_allowed}, {0}};
    const char *const command[] = {
        "/bin/sh", "-c",
        "trap '' INT; echo '{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":[{"
        "\"interrupt\":true}]}'; read call; printf '%s\\n%s\\n' "
        "'{\"jsonrpc\":\"2.0\",\"method\":\"long\"}' "
        "'{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32000,\"message\":\"interrupted\",\"data\":{"
        "\"status\":\"INTERRUPTED\"}},\"id\":1}'; read bye",
        NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.methods = methods;
    options.host_timeout = 1;
    fk_vm *vm = open_with(&options);
    assert_int_equal(fk_vm_call(vm, "work", NULL, NULL), FK_TIMEOUT);
    expect_in(fk_error_last()->message, "host_timeout");
    assert_true(fk_error_last()->vm_alive);
    fk_vm_close(vm);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(codes),
                                       cmocka_unit_test(raw_strings),
                                       cmocka_unit_test(output),
                                       cmocka_unit_test(quoting),
                                       cmocka_unit_test(unreadable_answers),
                                       cmocka_unit_test(values_are_counted),
                                       cmocka_unit_test(not_understood),
                                       cmocka_unit_test(missing_command),
                                       cmocka_unit_test(another_lua),
                                       cmocka_unit_test(flood_between_calls),
                                       cmocka_unit_test(daemons_end_in_a_namespace),
                                       cmocka_unit_test(interrupted_by_a_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
