/* SPDX-License-Identifier: MIT */
/* Values: every kind, in both directions, bit for bit; what cannot cross is refused with its place.
 */
#include "contract.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* To Lua and back, and to Lua, to a host method, back to Lua and back. */
static void expect_crossing(fk_vm *vm, const fk_value *value) {
    static const char *const methods[] = {"echo", "relay"};
    for (int i = 0; i < 2; i++) {
        fk_value *result = NULL;
        expect_status(fk_vm_call(vm, methods[i], &FK_ITEMS(value, 1), &result), FK_OK);
        expect_same(result, value);
        fk_value_free(result);
    }
    const fk_member member = {FK_STR("value"), *value};
    fk_value *result = NULL;
    expect_status(fk_vm_call(vm, "echo_table", &FK_MEMBERS(&member, 1), &result), FK_OK);
    expect_same(result, value);
    fk_value_free(result);
}

static void scalars(void **state) {
    (void)state;
    const fk_value values[] = {FK_NIL,    FK_BOOL(true), FK_BOOL(false),
                               FK_INT(0), FK_INT(-1),    FK_STR("")};
    fk_vm *vm = contract_open("values.lua");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) expect_crossing(vm, &values[i]);
    contract_close(vm);
}

static void integers_of_64_bits(void **state) {
    (void)state;
    const int64_t two_53 = INT64_C(1) << 53;
    const int64_t numbers[] = {two_53 - 2,    two_53 - 1,  two_53,        two_53 + 1, -two_53 + 1,
                               -two_53,       -two_53 - 1, INT32_MAX,     INT32_MIN,  UINT32_MAX,
                               INT64_MAX - 1, INT64_MAX,   INT64_MIN + 1, INT64_MIN};
    fk_vm *vm = contract_open("values.lua");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        expect_crossing(vm, &FK_INT(numbers[i]));
    expect_call(vm, "make", "[\"min\"]", "{\"$int\":\"-9223372036854775808\"}");
    expect_call(vm, "make", "[\"max\"]", "{\"$int\":\"9223372036854775807\"}");
    const fk_value params[] = {FK_INT(INT64_MIN), FK_STR("-9223372036854775808")};
    fk_value *same = NULL;
    expect_status(fk_vm_call(vm, "same_integer", &FK_ARRAY(params), &same), FK_OK);
    expect_same(same, &FK_BOOL(true));
    fk_value_free(same);
    contract_close(vm);
}

static void floats(void **state) {
    (void)state;
    const double numbers[] = {0.0,
                              -0.0,
                              3.0,
                              0.1,
                              1.0 / 3,
                              -2.5,
                              1e15,
                              1e16,
                              1e17,
                              1e22,
                              1e23,
                              1e300,
                              9007199254740991.0,
                              9007199254740993.0,
                              9223372036854775808.0,
                              DBL_MAX,
                              -DBL_MAX,
                              DBL_MIN,
                              DBL_TRUE_MIN,
                              -DBL_TRUE_MIN,
                              DBL_EPSILON,
                              2.2250738585072011e-308,
                              INFINITY,
                              -INFINITY,
                              NAN};
    fk_vm *vm = contract_open("values.lua");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        expect_crossing(vm, &FK_DOUBLE(numbers[i]));
    expect_call(vm, "is_negative_zero", "[-0.0]", "true");
    expect_call(vm, "is_negative_zero", "[0.0]", "false");
    expect_call(vm, "is_nan", "[{\"$float\":\"nan\"}]", "true");
    expect_call(vm, "math_types", "[[3,3.0,{\"$float\":\"inf\"},{\"$int\":\"9007199254740993\"}]]",
                "[\"integer\",\"float\",\"float\",\"integer\"]");
    contract_close(vm);
}

static void strings_of_any_bytes(void **state) {
    (void)state;
    char every[256];
    for (int i = 0; i < 256; i++) every[i] = (char)i;
    const fk_value values[] = {FK_BYTES(every, 256),
                               FK_BYTES("\0", 1),
                               FK_BYTES("a\0b", 3),
                               FK_BYTES("\xff\xfe", 2),
                               FK_BYTES("\xc0\x80", 2),
                               FK_BYTES("\xed\xa0\x80", 3),
                               FK_BYTES("\xf4\x90\x80\x80", 4),
                               FK_STR("\xe6\x96\xb0\xe6\x9c\x88\xe6\x9d\x80"),
                               FK_STR("\xf0\x9f\x83\x8f"),
                               FK_STR("\"\\/\b\f\n\r\t\x01\x1f\x7f"),
                               FK_STR("$bytes"),
                               FK_STR("\xe2\x80\xa8\xef\xbb\xbf"),
                               FK_STR("{\"jsonrpc\":\"2.0\"}")};
    fk_vm *vm = contract_open("values.lua");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) expect_crossing(vm, &values[i]);
    expect_call(vm, "bytes_of", "[{\"$bytes\":\"AP/+AA==\"}]", "[0,255,254,0]");
    expect_call(vm, "from_bytes", "[0,255,254,0]", "{\"$bytes\":\"AP/+AA==\"}");
    contract_close(vm);
}

static void large_strings(void **state) {
    (void)state;
    const size_t size = 8 << 20;
    char *bytes = malloc(size);
    for (size_t i = 0; i < size; i++) bytes[i] = (char)(i * 2654435761u >> 13);
    fk_vm *vm = contract_open("values.lua");
    expect_crossing(vm, &FK_BYTES(bytes, size));
    memset(bytes, 'x', size);
    expect_crossing(vm, &FK_BYTES(bytes, size));
    contract_close(vm);
    free(bytes);
}

static void large_arrays(void **state) {
    (void)state;
    const size_t size = 100000;
    fk_value *items = malloc(size * sizeof *items);
    for (size_t i = 0; i < size; i++) items[i] = FK_INT(i);
    fk_vm *vm = contract_open("values.lua");
    expect_crossing(vm, &FK_ITEMS(items, size));
    contract_close(vm);
    free(items);
}

static void containers(void **state) {
    (void)state;
    static const char *const texts[] = {"[]",
                                        "{}",
                                        "[[],{}]",
                                        "{\"a\":[],\"b\":{}}",
                                        "[null]",
                                        "[null,1,null]",
                                        "{\"a\":null}",
                                        "[[null],{\"x\":null}]",
                                        "{\"\":1}",
                                        "{\"$object\":{\"$\":1}}",
                                        "{\"$a\":1,\"b\":2}",
                                        "{\"1\":\"a\",\"2\":\"b\"}",
                                        "{\"$object\":{\"$bytes\":1}}",
                                        "{\"$object\":{\"$int\":\"7\"}}",
                                        "{\"$object\":{\"$object\":{}}}",
                                        "{\"a b\":1,\"\xe7\x89\x8c\":2}",
                                        "[1,[2,[3,[4,{\"five\":[6.5,\"7\",true]}]]]]"};
    fk_vm *vm = contract_open("values.lua");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        fk_value *value = parse(texts[i]);
        expect_crossing(vm, value);
        fk_value_free(value);
    }
    contract_close(vm);
}

static void nulls_in_lua(void **state) {
    (void)state;
    fk_vm *vm = contract_open("values.lua");
    expect_call(vm, "nulls", "[[null,2,null],{\"gone\":null},null]",
                "[true,true,3,true,true,true]");
    contract_close(vm);
}

static void made_by_lua(void **state) {
    (void)state;
    static const char *const table[][2] = {{"empty", "[]"},
                                           {"empty_object", "{}"},
                                           {"object", "{\"a\":1}"},
                                           {"list", "[1,\"two\",false]"},
                                           {"list_with_null", "[null,2,null]"},
                                           {"null", "null"},
                                           {"float", "3.0"},
                                           {"float_keys", "[\"a\",\"b\"]"},
                                           {"bytes", "{\"$bytes\":\"AP/+AA==\"}"},
                                           {"dollar", "{\"$object\":{\"$bytes\":\"AA==\"}}"},
                                           {"shared", "[[1],[1]]"},
                                           {"raw_length", "[1,2]"},
                                           {"raw_index", "[1]"},
                                           {"raw_pairs", "{\"a\":1}"}};
    fk_vm *vm = contract_open("values.lua");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const fk_value name = FK_STR(table[i][0]);
        fk_value *wanted = parse(table[i][1]), *made = NULL, *sent = NULL;
        expect_status(fk_vm_call(vm, "make", &FK_ITEMS(&name, 1), &made), FK_OK);
        expect_same(made, wanted);
        expect_status(fk_vm_call(vm, "send", &FK_ITEMS(&name, 1), &sent), FK_OK);
        expect_same(sent, wanted);
        fk_value_free(wanted), fk_value_free(made), fk_value_free(sent);
    }
    contract_close(vm);
}

static void refused_from_lua(void **state) {
    (void)state;
    static const char *const table[][2] = {{"a_function", "hand.cards[2]"},
                                           {"a_thread", "[0]"},
                                           {"a_userdata", "[0]"},
                                           {"a_cycle", "me[0]"},
                                           {"mixed", ""},
                                           {"hole", ""},
                                           {"far", ""},
                                           {"not_from_one", ""},
                                           {"bool_key", ""},
                                           {"float_key", ""},
                                           {"table_key", ""},
                                           {"bytes_key", ""},
                                           {"nul_key", ""},
                                           {"too_deep", "128"}};
    fk_vm *vm = contract_open("values.lua");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const fk_value name = FK_STR(table[i][0]);
        fk_value *result = NULL;
        expect_error(fk_vm_call(vm, "make_bad", &FK_ITEMS(&name, 1), &result), FK_BAD_VALUE,
                     table[i][1]);
        assert_null(result);
        assert_true(fk_error_last()->vm_alive);
        expect_contains(fk_error_last()->message, "result");
        const fk_status sent = fk_vm_call(vm, "send_bad", &FK_ITEMS(&name, 1), &result);
        expect_error(sent, FK_SCRIPT_ERROR, table[i][1]);
        expect_contains(fk_error_last()->message, "params[1]");
        const fk_status told = fk_vm_call(vm, "notify_bad", &FK_ITEMS(&name, 1), &result);
        expect_error(told, FK_SCRIPT_ERROR, "params[1]");
    }
    expect_seen("");
    contract_close(vm);
}

/* params: an array nested so deep in itself, params' own level not counted. */
static void nest(fk_value *levels, int depth) {
    levels[0] = FK_INT(1);
    for (int i = 1; i <= depth; i++) levels[i] = FK_ITEMS(&levels[i - 1], 1);
}

static void depth(void **state) {
    (void)state;
    fk_value levels[FK_MAX_DEPTH + 2];
    nest(levels, FK_MAX_DEPTH + 1);
    fk_vm *vm = contract_open("values.lua");
    fk_value *result = NULL;
    expect_status(fk_vm_call(vm, "echo", &levels[FK_MAX_DEPTH], &result), FK_OK);
    expect_same(result, &levels[FK_MAX_DEPTH - 1]);
    fk_value_free(result);
    expect_error(fk_vm_call(vm, "echo", &levels[FK_MAX_DEPTH + 1], &result), FK_BAD_VALUE, "128");
    expect_status(call_json(vm, "make", "[\"deep\"]", &result), FK_OK);
    fk_value_free(result);
    contract_close(vm);
}

static void refused_from_c(void **state) {
    (void)state;
    const fk_value bad_name = FK_BYTES("\xff", 1), nul_name = FK_BYTES("a\0", 2);
    const fk_member twice[] = {{FK_STR("a"), FK_INT(1)}, {FK_STR("a"), FK_INT(2)}};
    const fk_member bytes[] = {{bad_name, FK_INT(1)}}, nul[] = {{nul_name, FK_INT(1)}};
    const fk_member number[] = {{FK_INT(1), FK_INT(1)}};
    fk_value truth = FK_BOOL(true), unknown = FK_NIL;
    truth.integer = 2;
    unknown.kind = 7;
    const fk_value values[] = {
        FK_OBJECT(twice), FK_OBJECT(bytes),  FK_OBJECT(nul),    FK_OBJECT(number),  truth,
        unknown,          FK_BYTES(NULL, 1), FK_ITEMS(NULL, 1), FK_MEMBERS(NULL, 1)};
    fk_vm *vm = contract_open("values.lua");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const fk_value params[] = {FK_INT(1), values[i]};
        expect_error(fk_vm_call(vm, "echo", &FK_ARRAY(params), NULL), FK_BAD_VALUE, "params[1]");
        assert_true(fk_error_last()->vm_alive);
        expect_error(fk_vm_notify(vm, "echo", &FK_ARRAY(params)), FK_BAD_VALUE, "params[1]");
    }
    expect_call(vm, "echo", "[1]", "1");
    contract_close(vm);
}

/* 2^32 - 1 is the mark of a size that does not fit, 2^32 + 5 would be five bytes if it were cut. */
static void sizes_that_do_not_fit(void **state) {
    (void)state;
    const fk_member member = {FK_STR("a"), FK_INT(1)};
    fk_vm *vm = contract_open("values.lua");
    for (int i = 0; i < 2; i++) {
        const size_t size = (size_t)UINT32_MAX + (sizeof(size_t) > 4 ? 6 * (size_t)i : 0);
        const fk_member name = {FK_BYTES("bytes", size), FK_INT(1)};
        const fk_value values[] = {FK_BYTES("bytes", size), FK_ITEMS(&member.value, size),
                                   FK_MEMBERS(&member, size), FK_MEMBERS(&name, 1)};
        for (size_t j = 0; j < sizeof values / sizeof *values; j++) {
            const fk_value params[] = {FK_INT(1), values[j]};
            fk_value *none = NULL;
            char *text = NULL;
            expect_error(fk_vm_call(vm, "echo", &FK_ARRAY(params), &none), FK_BAD_VALUE,
                         "params[1]: a size that does not fit");
            expect_error(fk_vm_notify(vm, "echo", &FK_ARRAY(params)), FK_BAD_VALUE, "params[1]");
            expect_error(fk_value_copy(&values[j], &none), FK_BAD_VALUE, "does not fit");
            expect_error(fk_value_check(&values[j], "it"), FK_BAD_VALUE, "it: a size");
            expect_error(fk_value_to_json(&values[j], &text, NULL), FK_BAD_VALUE, "4294967294");
        }
        const fk_value params = FK_ITEMS(&member.value, size);
        expect_error(fk_vm_call(vm, "echo", &params, NULL), FK_BAD_VALUE, "params: a size");
    }
    int times = 0;
    const fk_value once = FK_BYTES("two", (times++, 2));
    assert_int_equal(times, 1);
    expect_crossing(vm, &once);
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {TEST(scalars),
                                          TEST(integers_of_64_bits),
                                          TEST(floats),
                                          TEST(strings_of_any_bytes),
                                          TEST(large_strings),
                                          TEST(large_arrays),
                                          TEST(containers),
                                          TEST(nulls_in_lua),
                                          TEST(made_by_lua),
                                          TEST(refused_from_lua),
                                          TEST(depth),
                                          TEST(refused_from_c),
                                          TEST(sizes_that_do_not_fit)};
TOPIC(values, tests);
