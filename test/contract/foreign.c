/* SPDX-License-Identifier: MIT */
/* fk_foreign.h: errors handed out, everything as JSON, values by functions. */
#include "contract.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fk_foreign.h"

/* ---- everything as JSON -------------------------------------------------------------------- */

/* What the two functions of a foreign program were given, and what its host answers. */
typedef struct program {
    char seen[400];
    const char *answer; /* NULL: none; "!": fk_fail() */
    fk_vm *nested;      /* called back with each call */
} program;

static void note(program *p, const char *format, const char *a, const char *b) {
    const size_t used = strlen(p->seen);
    snprintf(p->seen + used, sizeof p->seen - used, format, a, b);
}

static void host(void *user, fk_request *request, const char *method, const char *params,
                 size_t size) {
    program *p = user;
    assert_int_equal(size, strlen(params));
    note(p, fk_request_is_notification(request) ? "!%s%s " : "?%s%s ", method, params);
    if (p->nested) {
        char *sum = NULL;
        expect_status(fk_vm_call_json(p->nested, "add", "[20,22]", &sum), FK_OK);
        assert_string_equal(sum, "42");
        fk_text_free(sum);
    }
    if (p->answer && p->answer[0] == '!')
        expect_status(fk_fail(request, -32050, p->answer + 1), FK_OK);
    else if (p->answer)
        fk_reply_json(request, p->answer);
}

static void output(void *user, int level, const char *text, size_t size) {
    assert_int_equal(size, strlen(text));
    note(user, level == FK_LEVEL_PRINT ? "print:%s%s " : "other:%s%s ", text, "");
}

static fk_vm *open_json(const char *more, program *p) {
    char options[600], *error = NULL;
    fk_vm *vm = NULL;
    snprintf(options, sizeof options, "{\"directory\":\"%s\",%s}", scripts_directory(), more);
    fk_vm_open_json(options, host, output, p, &vm, &error);
    if (error) fail_msg("%s", error);
    assert_non_null(vm);
    return vm;
}

static void close_json(fk_vm *vm) {
    char *error = NULL;
    expect_status(fk_vm_close_json(vm, &error), FK_OK);
    assert_null(error);
}

#define expect_answer(vm, method, params, status, text)                                            \
    expect_answer_at(__LINE__, vm, method, params, status, text)
static void expect_answer_at(int line, fk_vm *vm, const char *method, const char *params,
                             fk_status wanted, const char *part) {
    char *answer = NULL;
    const fk_status status = fk_vm_call_json(vm, method, params, &answer);
    if (status != wanted || !answer || !strstr(answer, part))
        fail_msg("line %d: %s: %s", line, fk_status_name(status), answer ? answer : "nothing");
    fk_text_free(answer);
}

static void calls_as_json(void **state) {
    (void)state;
    program p = {.answer = "{\"hp\":[3,3.0]}"};
    fk_vm *vm = open_json("\"script\":\"host.lua\"", &p);
    expect_answer(vm, "ask", "[\"anything\",{\"$bytes\":\"/w==\"}]", FK_OK, "{\"hp\":[3,3.0]}");
    char *error = NULL;
    expect_status(fk_vm_notify_json(vm, "say", "[\"told\"]", &error), FK_OK);
    expect_answer(vm, "ask", "[\"last\"]", FK_OK, "{\"hp\":[3,3.0]}");
    assert_string_equal(p.seen, "?anything[{\"$bytes\":\"/w==\"}] !told[] ?last[] ");
    expect_status(fk_vm_poll_json(vm, &error), FK_OK);
    assert_null(error);
    close_json(vm);
}

static void params_as_json(void **state) {
    (void)state;
    fk_vm *vm = open_json("\"script\":\"basic.lua\"", NULL);
    expect_answer(vm, "count", NULL, FK_OK, "0");
    expect_answer(vm, "count", "null", FK_OK, "0");
    expect_answer(vm, "count", "[null,1,null]", FK_OK, "3");
    expect_answer(vm, "echo", "{\"a\":1}", FK_OK, "{\"a\":1}");
    expect_answer(vm, "add", "[1.5, 2]", FK_OK, "3.5");
    expect_answer(vm, "echo", "[{\"$int\":\"9223372036854775807\"}]", FK_OK,
                  "{\"$int\":\"9223372036854775807\"}");
    expect_answer(vm, "echo", "[", FK_BAD_VALUE, "params: not JSON");
    assert_true(fk_error_last()->vm_alive);
    expect_answer(vm, "echo", "7", FK_INVALID, "put the parameters into [ ]");
    expect_status(fk_vm_call_json(vm, "add", "[1,2]", NULL), FK_OK);
    close_json(vm);
}

/* Larger than what lies on the stack, in both directions. */
static void large_params(void **state) {
    (void)state;
    enum { count = 50000 };
    fk_vm *vm = open_json("\"script\":\"basic.lua\"", NULL);
    char *text = malloc(count * 2 + 5), *answer = NULL, *at = text;
    at += sprintf(at, "[[1");
    for (int i = 1; i < count; i++) at += sprintf(at, ",%d", i % 10);
    strcpy(at, "]]");
    expect_status(fk_vm_call_json(vm, "echo", text, &answer), FK_OK);
    assert_int_equal(strlen(answer), strlen(text) - 2);
    assert_int_equal(strncmp(answer, text + 1, strlen(answer)), 0);
    fk_text_free(answer);
    free(text);
    close_json(vm);
}

static void output_and_nesting(void **state) {
    (void)state;
    program p = {.answer = "1"};
    fk_vm *other = open_json("\"script\":\"basic.lua\"", &p);
    fk_vm *vm = open_json("\"script\":\"host.lua\"", &p);
    p.nested = other;
    expect_answer(vm, "ask", "[\"deep\",1]", FK_OK, "1");
    /* Its own: it nests. */
    expect_answer(other, "relay", "[1]", FK_OK, "1");
    assert_string_equal(p.seen, "?deep[1] ?echo[1] ");
    close_json(vm);
    close_json(other);
    program q = {0};
    vm = open_json("\"script\":\"output.lua\"", &q);
    expect_answer(vm, "say", "[\"hello\"]", FK_OK, "null");
    assert_string_equal(q.seen, "print:hello ");
    close_json(vm);
}

static void answers_of_hosts(void **state) {
    (void)state;
    program p = {0};
    fk_vm *vm = open_json("\"script\":\"host.lua\",\"methods\":[\"known\"]", &p);
    expect_answer(vm, "ask", "[\"known\"]", FK_SCRIPT_ERROR, "'known' gave no answer");
    p.answer = "!out of cards";
    expect_answer(vm, "ask", "[\"known\"]", FK_SCRIPT_ERROR, "out of cards");
    p.answer = "{broken";
    expect_answer(vm, "ask", "[\"known\"]", FK_SCRIPT_ERROR, "fk_reply_json: not JSON");
    p.answer = "null";
    expect_answer(vm, "ask", "[\"known\"]", FK_OK, "null");
    expect_answer(vm, "ask", "[\"stranger\"]", FK_SCRIPT_ERROR, "no host method 'stranger'");
    p.answer = NULL; /* a notification needs no answer */
    p.seen[0] = '\0';
    expect_answer(vm, "say", "[\"known\"]", FK_OK, "null");
    assert_string_equal(p.seen, "!known[] ");
    close_json(vm);
    p.answer = "1";
    vm = open_json("\"script\":\"host.lua\",\"methods\":[]", &p); /* none, not all */
    expect_answer(vm, "ask", "[\"known\"]", FK_SCRIPT_ERROR, "no host method 'known'");
    close_json(vm);
}

/* The same flag for those who use structs. */
static fk_status says_nothing(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)request, (void)params;
    return FK_OK;
}

static void an_answer_is_due(void **state) {
    (void)state;
    const fk_method methods[] = {{.name = "due", .call = says_nothing, .flags = FK_METHOD_ANSWERS},
                                 {.name = "may", .call = says_nothing},
                                 {0}};
    fk_vm_options options = contract_options("host.lua");
    options.methods = methods;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "ask", "[\"may\"]", "null");
    expect_call(vm, "say", "[\"due\"]", "null");
    expect_call_fails(vm, "ask", "[\"due\"]", FK_SCRIPT_ERROR, "'due' gave no answer");
    contract_close(vm);
}

static void errors_as_json(void **state) {
    (void)state;
    program p = {0};
    fk_vm *vm = open_json("\"script\":\"errors.lua\"", &p);
    char *answer = NULL;
    expect_status(fk_vm_call_json(vm, "no_such_function", NULL, &answer), FK_NO_METHOD);
    fk_value *error = parse(answer);
    fk_text_free(answer);
    assert_true(fk_value_bool(fk_value_member(error, "vm_alive")));
    expect_same(fk_value_member(error, "status"), &FK_STR("NO_METHOD"));
    expect_same(fk_value_member(error, "method"), &FK_STR("no_such_function"));
    expect_contains(fk_value_string(fk_value_member(error, "message"), NULL), "no_such_function");
    assert_null(fk_value_member(error, "traceback"));
    fk_value_free(error);
    expect_answer(vm, "with_traceback", NULL, FK_SCRIPT_ERROR, "\"traceback\":\"stack traceback:");
    /* Bytes that are no text do not turn the message into something else. */
    expect_answer(vm, "by_bytes", NULL, FK_SCRIPT_ERROR, "bytes \xEF\xBF\xBD\xEF\xBF\xBD");
    close_json(vm);
    expect_status(fk_vm_notify_json(NULL, "x", NULL, &answer), FK_INVALID);
    expect_contains(answer, "\"status\":\"INVALID\"");
    fk_text_free(answer);
    expect_status(fk_vm_poll_json(NULL, NULL), FK_INVALID);
    expect_status(fk_vm_call_json(NULL, "x", NULL, NULL), FK_INVALID);
    expect_status(fk_reply_json(NULL, "1"), FK_INVALID);
}

static void options_as_json(void **state) {
    (void)state;
    static const char *const wrong[][2] = {
        {"[]", "options is not an object"},
        {"{", "options: not JSON"},
        {"{\"scrip\":\"a\"}", "scrip is no option; there are: backend, script"},
        {"{\"script\":7}", "script is not a string"},
        {"{\"script\":\"a\\u0000b\"}", "script has a NUL"},
        {"{\"call_timeout\":\"1\"}", "call_timeout is not a whole number"},
        {"{\"call_timeout\":1.0}", "call_timeout is not a whole number"},
        {"{\"call_timeout\":-1}", "call_timeout is -1, at least 0"},
        {"{\"call_timeout\":4294967296}", "at most 4294967295 is possible"},
        {"{\"interrupt_signal\":-2}", "interrupt_signal is -2, at least -1"},
        {"{\"sandbox\":\"gam\"}", "sandbox is none of \\\"game\\\", \\\"trusted\\\""},
        {"{\"flags\":[\"x\"]}", "flags[0] is none of \\\"no_template\\\""},
        {"{\"flags\":\"x\"}", "flags is not a list"},
        {"{\"command\":\"x\"}", "command is not a list of strings"},
        {"{\"command\":[1]}", "command[0] is not a string"},
        {"{\"command\":{\"a\":\"b\"}}", "command is not a list of strings"},
        {"{\"preload\":{\"a\":null}}", "preload.a is null"},
        {"{\"globals\":5}", "globals is not a string"},
        {"{\"globals\":\"[]\"}", "globals is no JSON object"},
        {"{\"methods\":[null]}", "methods[0] is null"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fk_vm *vm = (fk_vm *)&vm;
        char *error = NULL;
        assert_int_not_equal(fk_vm_open_json(wrong[i][0], NULL, NULL, NULL, &vm, &error), FK_OK);
        assert_null(vm);
        expect_contains(error, wrong[i][1]);
        fk_text_free(error);
    }
    expect_status(fk_vm_open_json(NULL, NULL, NULL, NULL, NULL, NULL), FK_INVALID);
    fk_vm *vm = open_json("\"script\":\"basic.lua\",\"call_timeout\":null,\"memory_limit\":null,"
                          "\"sandbox\":\"trusted\",\"flags\":[\"no_template\"],"
                          "\"preload\":{\"cbor\":\"fk.cbor\"},\"environment\":{\"A\":\"b\"},"
                          "\"host_timeout\":60000",
                          NULL);
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_int_equal(stats.sandbox, FK_SANDBOX_TRUSTED);
    assert_false(stats.from_template);
    close_json(vm);
    vm = open_json("\"script\":\"limits.lua\",\"call_timeout\":40", NULL);
    expect_answer(vm, "spin", NULL, FK_TIMEOUT, "limit of 40 ms (call_timeout)");
    fk_vm_close_json(vm, NULL);
}

static void stats_as_json(void **state) {
    (void)state;
    program p = {.answer = "1"};
    fk_vm *vm = open_json("\"script\":\"host.lua\",\"methods\":[\"seldom\",\"often\"]", &p);
    expect_answer(vm, "ask", "[\"often\"]", FK_OK, "1");
    char *answer = NULL;
    expect_status(fk_vm_stats_json(vm, &answer), FK_OK);
    fk_value *stats = parse(answer);
    fk_text_free(answer);
    assert_int_equal(fk_value_int(fk_value_member(stats, "calls")), 1);
    const fk_value *methods = fk_value_member(stats, "methods");
    assert_int_equal(fk_value_size(methods), 2);
    const fk_value *often = fk_value_member(methods, "often");
    assert_int_equal(fk_value_int(fk_value_member(often, "calls")), 1);
    fk_stats same = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &same), FK_OK);
    expect_same(fk_value_member(stats, "backend"), &FK_STR(same.backend));
    fk_value_free(stats);
    close_json(vm);
    expect_status(fk_backend_list_json(&answer), FK_OK);
    expect_contains(answer, "\"available\":true");
    fk_text_free(answer);
}

/* ---- errors as values ----------------------------------------------------------------------- */

static void *fails_elsewhere(void *vm) {
    fk_error *error = fk_try_call(vm, "no_such_function", NULL, NULL);
    fk_value *sum = NULL;
    const fk_value params[] = {FK_INT(1), FK_INT(2)};
    assert_null(fk_try_call(vm, "add", &FK_ARRAY(params), &sum)); /* no longer the last error */
    fk_value_free(sum);
    return error;
}

static void errors_outlive_their_thread(void **state) {
    (void)state;
    fk_vm *vm = NULL;
    fk_vm_options options = contract_options("no_such_file.lua");
    fk_error *error = fk_try_open(&options, &vm);
    assert_non_null(error);
    assert_int_equal(error->status, FK_OPEN_FAILED);
    expect_contains(error->message, "no_such_file.lua");
    fk_error_free(error);
    options = contract_options("basic.lua");
    assert_null(fk_try_open(&options, &vm));
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, fails_elsewhere, vm), 0);
    assert_int_equal(pthread_join(thread, (void **)&error), 0);
    assert_int_equal(error->size, sizeof *error);
    assert_int_equal(error->status, FK_NO_METHOD);
    assert_true(error->vm_alive);
    assert_string_equal(error->method, "no_such_function");
    assert_null(error->traceback);
    fk_error_free(error);
    assert_null(fk_try_notify(vm, "nothing", NULL));
    assert_null(fk_try_poll(vm));
    assert_null(fk_try_close(vm));
    error = fk_try_notify(NULL, "nothing", NULL);
    assert_int_equal(error->status, FK_INVALID);
    fk_error_free(error);
    fk_error_free(NULL);
}

static void alive_after_success(void **state) {
    (void)state;
    fk_vm *vm = contract_open("basic.lua");
    assert_true(fk_error_last()->vm_alive);
    expect_call(vm, "add", "[1,2]", "3");
    assert_true(fk_error_last()->vm_alive);
    contract_close(vm);
}

/* ---- values by functions --------------------------------------------------------------------- */

static void build_all(fk_builder *b) {
    fk_build_array(b);
    fk_build_null(b);
    fk_build_bool(b, true);
    fk_build_int(b, INT64_MIN);
    fk_build_double(b, 0.5);
    fk_build_string(b, "a\0b", 3);
    fk_build_object(b);
    fk_build_name(b, "hp", 2);
    fk_build_int(b, 3);
    fk_build_name(b, "cards", 5);
    fk_build_array(b);
    fk_build_end(b);
    fk_build_end(b);
    fk_build_end(b);
}

static void values_are_built_and_read(void **state) {
    (void)state;
    fk_builder *b = fk_builder_new();
    fk_vm *vm = contract_open("basic.lua");
    for (int round = 0; round < 2; round++) { /* it starts anew */
        const fk_value *built = NULL;
        fk_value *result = NULL;
        build_all(b);
        expect_status(fk_builder_finish(b, &built), FK_OK);
        expect_status(fk_vm_call(vm, "echo", &FK_ITEMS(built, 1), &result), FK_OK);
        expect_same(result, built);
        assert_int_equal(fk_value_size(result), 6);
        assert_int_equal(fk_value_kind(fk_value_item(result, 0)), FK_NULL);
        assert_true(fk_value_bool(fk_value_item(result, 1)));
        assert_true(fk_value_int(fk_value_item(result, 2)) == INT64_MIN);
        assert_true(fk_value_double(fk_value_item(result, 3)) == 0.5);
        size_t size = 0;
        assert_memory_equal(fk_value_string(fk_value_item(result, 4), &size), "a\0b", 3);
        assert_int_equal(size, 3);
        const fk_value *object = fk_value_item(result, 5);
        assert_int_equal(fk_value_size(object), 2);
        for (size_t i = 0; i < 2; i++) {
            const char *name = fk_value_name(object, i, &size);
            const char *wanted = fk_value_kind(fk_value_item(object, i)) == FK_INT ? "hp" : "cards";
            assert_int_equal(size, strlen(wanted));
            assert_memory_equal(name, wanted, size);
        }
        fk_value_free(result);
    }
    contract_close(vm);
    fk_builder_free(b);
}

static void other_kinds_give_nothing(void **state) {
    (void)state;
    const fk_value text = FK_STR("12"), number = FK_INT(12);
    size_t size = 9;
    assert_int_equal(fk_value_kind(NULL), FK_NULL);
    assert_int_equal(fk_value_int(&text), 0);
    assert_true(fk_value_double(&number) == 12.0);
    assert_false(fk_value_bool(&number));
    assert_null(fk_value_string(&number, &size));
    assert_int_equal(size, 0);
    assert_int_equal(fk_value_size(&number), 0);
    assert_int_equal(fk_value_size(&text), 2);
    assert_null(fk_value_item(&text, 0));
    assert_null(fk_value_item(NULL, 0));
    assert_null(fk_value_name(&text, 0, NULL));
    assert_string_equal(fk_value_string(&FK_BYTES(NULL, 0), &size), "");
}

static void expect_unfinished(fk_builder *b, const char *part) {
    const fk_value *value = (const fk_value *)&value;
    expect_error(fk_builder_finish(b, &value), FK_INVALID, part);
    assert_null(value);
}

static void steps_that_do_not_fit(void **state) {
    (void)state;
    fk_builder *b = fk_builder_new();
    expect_unfinished(b, "nothing was built");
    fk_build_array(b);
    expect_unfinished(b, "has no fk_build_end()");
    fk_build_end(b);
    expect_unfinished(b, "without an array or object");
    fk_build_int(b, 1);
    fk_build_int(b, 2);
    expect_unfinished(b, "a second value");
    fk_build_object(b);
    fk_build_int(b, 1);
    fk_build_end(b);
    expect_unfinished(b, "has no name");
    fk_build_object(b);
    fk_build_name(b, "a", 1);
    fk_build_end(b);
    expect_unfinished(b, "has no value");
    fk_build_name(b, "a", 1);
    expect_unfinished(b, "no name belongs");
    fk_build_int(NULL, 1);
    expect_status(fk_builder_finish(NULL, NULL), FK_INVALID);
    const fk_value *value = NULL;
    fk_build_int(b, 7);
    expect_status(fk_builder_finish(b, &value), FK_OK);
    assert_int_equal(fk_value_int(value), 7);
    fk_builder_free(b);
    fk_builder_free(NULL);
}

static const struct CMUnitTest tests[] = {
    TEST(calls_as_json),
    TEST(params_as_json),
    TEST(large_params),
    TEST(output_and_nesting),
    TEST(answers_of_hosts),
    TEST(an_answer_is_due),
    TEST(errors_as_json),
    TEST(options_as_json),
    TEST(stats_as_json),
    TEST(errors_outlive_their_thread),
    TEST(alive_after_success),
    TEST(values_are_built_and_read),
    TEST(other_kinds_give_nothing),
    TEST(steps_that_do_not_fit),
};
TOPIC(foreign, tests);
