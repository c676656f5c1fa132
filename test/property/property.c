/* SPDX-License-Identifier: MIT */
/*
 * Sends 100,000 random values through the backend that FK_VM_BACKEND names and compares what
 * arrives: to Lua and back, from Lua to a host method and back, what Lua itself sees, and the text
 * that travels. What cannot cross must be refused with its place.
 *
 * usage: property [NUMBER_OF_VALUES]; the environment's FK_SEED is the seed, in place of a fixed
 * one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "fk_vm.h"
#include "refuse.h"
#include "wire.h"

enum { batch_size = 250, most_positional = 100, batch_depth = FK_MAX_DEPTH - 2 };

static size_t wanted = 100000, counts[ROW_COUNT];
static uint64_t seed = 20241124;

static fk_vm *vm;
static const fk_value *expected; /* what the host method must see */
static size_t kept;

static char *json_of(const fk_value *value) {
    char *text = NULL;
    if (fk_value_to_json(value, &text, NULL) != FK_OK) return strdup(fk_error_last()->message);
    return text;
}

/* Fails with the first item of two lists that differs. */
static void expect_lists(const fk_value *got, const fk_value *sent, const char *where) {
    if (fk_value_equal(got, sent)) return;
    for (uint32_t i = 0; got->kind == FK_ARRAY && i < got->size && i < sent->size; i++)
        if (!fk_value_equal(&got->items[i], &sent->items[i]))
            fail_msg("seed %" PRIu64 ", %s, item %u: sent %.3000s, got %.3000s", seed, where, i,
                     json_of(&sent->items[i]), json_of(&got->items[i]));
    fail_msg("seed %" PRIu64 ", %s: %u items were sent, %u arrived", seed, where, sent->size,
             got->size);
}

/* The comparison is made where no longjmp can cross Lua; the test looks at `kept` afterwards. */
static fk_status keep(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    const bool list = expected && params->size == 1 && expected->size != 1;
    const fk_value *came = list ? &params->items[0] : params;
    if (expected && fk_value_equal(came, expected)) kept++;
    return fk_reply(request, came);
}

static fk_value *call(const char *method, const fk_value *params) {
    fk_value *result = NULL;
    if (fk_vm_call(vm, method, params, &result) != FK_OK)
        fail_msg("seed %" PRIu64 ", %s: %s", seed, method, fk_error_last()->message);
    return result;
}

static void compare(const char *method, const fk_value *params, const fk_value *sent,
                    bool through_host) {
    expected = sent;
    kept = 0;
    fk_value *result = call(method, params);
    expect_lists(result, sent, method);
    if (through_host && kept != 1)
        fail_msg("seed %" PRIu64 ", %s: the host method saw another value", seed, method);
    fk_value_free(result);
}

/* As positional parameters nil is nil, inside a list it is fk.null. */
static void compare_descriptions(const fk_value *list, bool positional) {
    fk_value *result =
        positional ? call("describe_positional", list) : call("describe_all", &FK_ITEMS(list, 1));
    assert_int_equal(result->size, list->size);
    for (uint32_t i = 0; i < list->size; i++) {
        const fk_value *item = &list->items[i];
        char *text = positional && item->kind == FK_NULL ? strdup("nil") : describe(item);
        if (!fk_value_equal(&result->items[i], &FK_STR(text)))
            fail_msg("seed %" PRIu64
                     ", item %u: sent %.2000s, which is %.2000s, but Lua saw %.2000s",
                     seed, i, json_of(item), text, json_of(&result->items[i]));
        free(text);
    }
    fk_value_free(result);
}

static void compare_texts(const fk_value *list) {
    for (uint32_t i = 0; i < list->size; i++) {
        fk_value *back = NULL;
        char *text = NULL;
        assert_int_equal(fk_value_to_json(&list->items[i], &text, NULL), FK_OK);
        const char *mistake = wire_mistake(text, &list->items[i]);
        if (mistake)
            fail_msg("seed %" PRIu64 ", item %u is wrong at byte %zu of %.3000s", seed, i,
                     (size_t)(mistake - text), text);
        assert_int_equal(fk_value_from_json(text, strlen(text), &back), FK_OK);
        assert_true(fk_value_equal(back, &list->items[i]));
        fk_value_free(back);
        fk_text_free(text);
    }
}

static void send_batch(fk_value *values, size_t count) {
    const fk_value list = FK_ITEMS(values, count),
                   few = FK_ITEMS(values, count < most_positional ? count : most_positional);
    compare("echo", &FK_ITEMS(&list, 1), &list, false);
    compare("relay", &FK_ITEMS(&list, 1), &list, true);
    compare("echo_positional", &few, &few, false);
    compare("relay_positional", &few, &few, true);
    compare_descriptions(&list, false);
    compare_descriptions(&few, true);
    compare_texts(&list);
}

/* ---- what cannot cross ------------------------------------------------------------------------
 */

static void expect_refusal(fk_status got, fk_status status, const char *root, const spoiled *s) {
    char place[400];
    snprintf(place, sizeof place, "%s%s", root, s->path);
    if (got == status && strstr(fk_error_last()->message, place) && fk_error_last()->vm_alive)
        return;
    fail_msg("seed %" PRIu64 ", %s at %s: %s: %s", seed, s->kind, place, fk_status_name(got),
             fk_error_last()->message);
}

static void refuse_from_lua(void) {
    const spoiled s = spoiled_for_lua();
    const fk_value params[] = {s.value, FK_STR(s.kind)};
    fk_value *none = NULL;
    expected = NULL;
    expect_refusal(fk_vm_call(vm, "result_with", &FK_ARRAY(params), &none), FK_BAD_VALUE, "result",
                   &s);
    expect_refusal(fk_vm_call(vm, "call_with", &FK_ARRAY(params), &none), FK_SCRIPT_ERROR,
                   "params[1]", &s);
    expect_refusal(fk_vm_call(vm, "notify_with", &FK_ARRAY(params), &none), FK_SCRIPT_ERROR,
                   "params[1]", &s);
    assert_null(none);
}

static void refuse_from_c(void) {
    const spoiled s = spoiled_in_c();
    const fk_value params[] = {FK_INT(0), s.value};
    expect_refusal(fk_vm_call(vm, "echo", &FK_ARRAY(params), NULL), FK_BAD_VALUE, "params[1]", &s);
}

static void refuse_text(void) {
    size_t size;
    const char *kind, *text = malformed(&size, &kind);
    fk_value *value = NULL;
    if (fk_value_from_json(text, size, &value) == FK_OK)
        fail_msg("seed %" PRIu64 ", %s was accepted: %.*s", seed, kind, (int)size, text);
    assert_int_equal(fk_error_last()->status, FK_BAD_VALUE);
}

/* ---- the tests --------------------------------------------------------------------------------
 */

static void random_values_cross(void **state) {
    (void)state;
    fk_value values[batch_size];
    size_t filled = 0;
    for (size_t i = 0; i < wanted; i++) {
        const row kind = random_row();
        counts[kind]++;
        if (kind < ROW_FIRST_REFUSED)
            values[filled++] = generate(kind, batch_depth);
        else if (kind == ROW_MALFORMED)
            refuse_text();
        else if (one_in(2))
            refuse_from_lua();
        else
            refuse_from_c();
        if (filled < batch_size && i + 1 < wanted) continue;
        send_batch(values, filled);
        generate_free();
        filled = 0;
    }
}

static void depth_is_exact(void **state) {
    (void)state;
    fk_value *result = NULL;
    for (int depth = FK_MAX_DEPTH - 2; depth <= FK_MAX_DEPTH + 2; depth++) {
        const fk_value number = FK_INT(depth);
        const fk_status status = fk_vm_call(vm, "nested", &FK_ITEMS(&number, 1), &result);
        assert_int_equal(status, depth <= FK_MAX_DEPTH ? FK_OK : FK_BAD_VALUE);
        if (status == FK_OK) { /* as params: one level more, so one less is possible */
            const fk_status sent = fk_vm_call(vm, "echo", &FK_ITEMS(result, 1), NULL);
            assert_int_equal(sent, depth < FK_MAX_DEPTH ? FK_OK : FK_BAD_VALUE);
        }
        fk_value_free(result);
    }
}

static void every_row_had_its_share(void **state) {
    (void)state;
    for (int i = 0; i < ROW_COUNT; i++)
        print_message("%8zu  %4.1f %%  %s\n", counts[i], 100.0 * (double)counts[i] / (double)wanted,
                      row_names[i]);
    for (int i = 0; i < ROW_COUNT; i++)
        if (counts[i] * 100 < wanted)
            fail_msg("%s: fewer than 1 %% of %zu values", row_names[i], wanted);
}

static int open_vm(void **state) {
    (void)state;
    const fk_method methods[] = {{.name = "keep", .call = keep}, {0}};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = "property.lua";
    options.directory = FK_PROPERTY_DIRECTORY;
    options.methods = methods;
    if (fk_vm_open(&options, &vm) == FK_OK) return 0;
    print_error("%s\n", fk_error_last()->message);
    return -1;
}

static int close_vm(void **state) {
    (void)state;
    generate_free();
    return fk_vm_close(vm) == FK_OK ? 0 : -1;
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_values_cross),
                                       cmocka_unit_test(depth_is_exact),
                                       cmocka_unit_test(every_row_had_its_share)};
    if (argc > 1) wanted = strtoull(argv[1], NULL, 10);
    if (getenv("FK_SEED")) seed = strtoull(getenv("FK_SEED"), NULL, 10);
    printf("seed %" PRIu64 " (FK_SEED)\n", seed);
    generate_seed(seed);
    return cmocka_run_group_tests_name("property", tests, open_vm, close_vm);
}
