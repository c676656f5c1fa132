/* SPDX-License-Identifier: MIT */
/* fk_cjson.h: what crosses both ways and comes back equal, and every refusal with its place. */
#include <fk_cjson.h>
#include <fk_vm.h>

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MOST 9007199254740991LL

static fk_value *parse(const char *json) {
    fk_value *value = NULL;
    if (fk_value_from_json(json, strlen(json), &value) != FK_OK)
        fail_msg("%s: %s", json, fk_error_last()->message);
    return value;
}

/* ---- what crosses ---- */

/* value -> tree -> value is value again. */
static void expect_round_trip(const fk_value *value) {
    cJSON *tree = NULL;
    if (fk_cjson_from_value(value, "value", 0, &tree) != FK_OK) fail_msg("%s", fk_cjson_error());
    assert_string_equal(fk_cjson_error(), "");
    fk_value *back = NULL;
    if (fk_cjson_to_value(tree, "tree", &back) != FK_OK) fail_msg("%s", fk_cjson_error());
    assert_true(fk_value_equal(value, back));
    fk_value_free(back);
    cJSON_Delete(tree);
}

static void test_scalars(void **state) {
    (void)state;
    const fk_value values[] = {FK_NIL,
                               FK_BOOL(true),
                               FK_BOOL(false),
                               FK_INT(0),
                               FK_INT(-1),
                               FK_INT(INT32_MAX),
                               FK_INT(INT32_MIN),
                               FK_INT(MOST),
                               FK_INT(-MOST),
                               FK_DOUBLE(0.5),
                               FK_DOUBLE(-0.0),
                               FK_DOUBLE(1e300),
                               FK_DOUBLE(DBL_MIN),
                               FK_DOUBLE(5e-324),
                               FK_DOUBLE(-DBL_MAX),
                               FK_DOUBLE(9007199254740992.0),
                               FK_DOUBLE(0.1),
                               FK_STR(""),
                               FK_STR("桃"),
                               FK_STR("\"\\/\b\n\t"),
                               FK_BYTES("no terminator", 2)};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) expect_round_trip(&values[i]);
}

static void test_containers(void **state) {
    (void)state;
    const char *const texts[] = {"[]", "{}", "[[],{},[[]]]",
                                 "{\"\":{\"a b\":[null]},\"A\":1,\"a\":2}",
                                 "[1,null,true,[\"x\",0.25],{\"cards\":[1,2,3]}]"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        fk_value *value = parse(texts[i]);
        expect_round_trip(value);
        fk_value_free(value);
    }
}

/* Arrays of that many levels around innermost. The last of values is the outermost. */
static const fk_value *nest(fk_value *values, uint32_t levels, fk_value innermost) {
    values[0] = innermost;
    for (uint32_t i = 1; i <= levels; i++) values[i] = FK_ITEMS(&values[i - 1], 1);
    return &values[levels];
}

static void test_depth(void **state) {
    (void)state;
    fk_value values[FK_MAX_DEPTH + 2];
    expect_round_trip(nest(values, FK_MAX_DEPTH, FK_INT(1)));
    cJSON *tree = (cJSON *)1;
    assert_int_equal(
        fk_cjson_from_value(nest(values, FK_MAX_DEPTH + 1, FK_INT(1)), "deep", 0, &tree),
        FK_BAD_VALUE);
    assert_null(tree);
    assert_non_null(strstr(fk_cjson_error(), "[0][0]: arrays and objects nest deeper than 128"));
}

static void test_text_of_the_tree(void **state) {
    (void)state;
    fk_value *value =
        parse("{\"id\":7,\"name\":\"张飞\",\"cards\":[1,2.5],\"dead\":false,\"skin\":null}");
    cJSON *tree = NULL;
    assert_int_equal(fk_cjson_from_value(value, "player", 0, &tree), FK_OK);
    char *text = cJSON_PrintUnformatted(tree);
    assert_string_equal(
        text, "{\"id\":7,\"name\":\"张飞\",\"cards\":[1,2.5],\"dead\":false,\"skin\":null}");
    cJSON_free(text);
    cJSON_Delete(tree);
    fk_value_free(value);
}

/* A tree that cJSON read, with references and constant names in it, gives the value of the same
 * text. */
static void test_tree_of_a_program(void **state) {
    (void)state;
    cJSON *inner = cJSON_Parse("[1, 2.5, \"x\"]");
    cJSON *tree = cJSON_CreateObject();
    cJSON_AddItemToObjectCS(tree, "constant", cJSON_CreateTrue());
    cJSON_AddItemReferenceToObject(tree, "reference", inner);
    cJSON_AddItemToObject(tree, "borrowed", cJSON_CreateStringReference("桃"));
    fk_value *value = NULL,
             *wanted = parse("{\"constant\":true,\"reference\":[1,2.5,\"x\"],\"borrowed\":\"桃\"}");
    assert_int_equal(fk_cjson_to_value(tree, "tree", &value), FK_OK);
    assert_true(fk_value_equal(value, wanted));
    cJSON_Delete(tree);
    cJSON_Delete(inner);
    assert_true(fk_value_equal(value, wanted)); /* it owns all it holds */
    fk_value_free(value);
    fk_value_free(wanted);
}

static void test_whole_as_int(void **state) {
    (void)state;
    const fk_value params[] = {FK_DOUBLE(3.0), FK_DOUBLE(0.0), FK_DOUBLE(3.5)};
    cJSON *tree = NULL;
    assert_int_equal(fk_cjson_from_value(&FK_ARRAY(params), "params", FK_CJSON_WHOLE_AS_INT, &tree),
                     FK_OK);
    fk_value *back = NULL, *wanted = parse("[3,0,3.5]");
    assert_int_equal(fk_cjson_to_value(tree, "tree", &back), FK_OK);
    assert_true(fk_value_equal(back, wanted));
    fk_value_free(back);
    fk_value_free(wanted);
    cJSON_Delete(tree);
}

/* ---- what is refused ---- */

/* value stands at params[2].cards[1]. */
static void expect_refused(fk_value value, const char *why) {
    const fk_value cards[] = {FK_INT(1), value};
    const fk_member members[] = {{FK_STR("cards"), FK_ARRAY(cards)}};
    const fk_value params[] = {FK_INT(1), FK_STR("x"), FK_OBJECT(members)};
    cJSON *tree = (cJSON *)1;
    assert_int_equal(fk_cjson_from_value(&FK_ARRAY(params), "params", 0, &tree), FK_BAD_VALUE);
    assert_null(tree);
    if (strncmp(fk_cjson_error(), "params[2].cards[1]: ", 20) != 0 ||
        !strstr(fk_cjson_error(), why))
        fail_msg("the message '%s' lacks the place or '%s'", fk_cjson_error(), why);
}

static void test_refused_values(void **state) {
    (void)state;
    expect_refused(FK_INT(MOST + 1), "the integer 9007199254740992 is beyond");
    expect_refused(FK_INT(-MOST - 1), "the integer -9007199254740992 is beyond");
    expect_refused(FK_INT(INT64_MIN), "the integer -9223372036854775808 is beyond");
    expect_refused(FK_DOUBLE(INFINITY), "the number inf");
    expect_refused(FK_DOUBLE(-INFINITY), "the number -inf");
    expect_refused(FK_DOUBLE(NAN), "nan");
    expect_refused(FK_DOUBLE(3.0), "the float 3.0 from an integer");
    expect_refused(FK_DOUBLE(0.0), "the float 0.0 from an integer");
    expect_refused(FK_DOUBLE(-9007199254740991.0), "the float -9007199254740991.0");
    expect_refused(FK_BYTES("a\0b", 3), "NUL");
    expect_refused(FK_BYTES("\0", 1), "NUL");
    expect_refused(FK_STR("\xff"), "not UTF-8");
    expect_refused(FK_BYTES("\xe6\xa1", 2), "not UTF-8");
    expect_refused((fk_value){.kind = 99}, "99");
    const fk_member twice[] = {{FK_STR("a"), FK_INT(1)}, {FK_STR("a"), FK_INT(2)}};
    expect_refused(FK_OBJECT(twice), "'a' stands twice");
}

static void expect_tree_refused(cJSON *item, const char *place, const char *why) {
    cJSON *tree = cJSON_CreateArray(), *object = cJSON_CreateObject();
    cJSON_AddItemToArray(tree, cJSON_CreateNumber(1));
    cJSON_AddItemToArray(tree, object);
    cJSON_AddItemToObject(object, "two words", item);
    fk_value *value = (fk_value *)1;
    assert_int_equal(fk_cjson_to_value(tree, "tree", &value), FK_BAD_VALUE);
    assert_null(value);
    if (strncmp(fk_cjson_error(), place, strlen(place)) != 0 || !strstr(fk_cjson_error(), why))
        fail_msg("the message '%s' is not '%s: ..%s..'", fk_cjson_error(), place, why);
    cJSON_Delete(tree);
}

static cJSON *string_without_text(void) {
    cJSON *item = cJSON_CreateNull();
    item->type = cJSON_String;
    return item;
}

static cJSON *array_in_object_without_name(void) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(object, cJSON_CreateTrue());
    return object;
}

static cJSON *object_with_name(const char *name) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, name, cJSON_CreateTrue());
    return object;
}

static cJSON *without_type(void) {
    cJSON *item = cJSON_CreateNull();
    item->type = cJSON_Invalid;
    return item;
}

static void test_refused_trees(void **state) {
    (void)state;
    const char *const here = "tree[1][\"two words\"]: ";
    expect_tree_refused(cJSON_Parse("1e999"), here, "inf");
    expect_tree_refused(cJSON_CreateNumber(NAN), here, "nan");
    expect_tree_refused(cJSON_CreateRaw("{}"), here, "cJSON_Raw");
    expect_tree_refused(cJSON_CreateString("\xff"), here, "not UTF-8");
    expect_tree_refused(string_without_text(), here, "no text");
    expect_tree_refused(array_in_object_without_name(), here, "no name");
    expect_tree_refused(object_with_name("\xff"), here, "not UTF-8");
    expect_tree_refused(without_type(), here, "cJSON_Invalid");
    expect_tree_refused(cJSON_Parse("{\"a\":1,\"a\":2}"), here, "'a' stands twice");
}

/* Deeper than cJSON itself reads, made by hand. */
static void test_deep_trees(void **state) {
    (void)state;
    cJSON *tree = cJSON_CreateNumber(1);
    for (int i = 0; i < 5000; i++) {
        cJSON *outer = cJSON_CreateArray();
        cJSON_AddItemToArray(outer, tree);
        tree = outer;
    }
    fk_value *value = NULL;
    assert_int_equal(fk_cjson_to_value(tree, "tree", &value), FK_BAD_VALUE);
    assert_non_null(strstr(fk_cjson_error(), "nest deeper"));
    cJSON_Delete(tree);
}

static void test_long_names(void **state) {
    (void)state;
    char name[1001];
    memset(name, 'x', 1000);
    name[1000] = 0;
    const fk_member members[] = {{FK_STR(name), FK_DOUBLE(NAN)}};
    cJSON *tree = NULL;
    assert_int_equal(fk_cjson_from_value(&FK_OBJECT(members), "value", 0, &tree), FK_BAD_VALUE);
    assert_true(strlen(fk_cjson_error()) < 200);
    assert_non_null(strstr(fk_cjson_error(), "xxx...: cJSON cannot hold the number"));
}

static void test_arguments(void **state) {
    (void)state;
    cJSON *tree = (cJSON *)1, *null = cJSON_CreateNull();
    fk_value *value = (fk_value *)1;
    assert_int_equal(fk_cjson_from_value(NULL, "x", 0, &tree), FK_INVALID);
    assert_null(tree);
    assert_int_equal(fk_cjson_from_value(&FK_NIL, NULL, 0, &tree), FK_INVALID);
    assert_int_equal(fk_cjson_from_value(&FK_NIL, "x", 0, NULL), FK_INVALID);
    assert_int_equal(fk_cjson_from_value(&FK_NIL, "x", 2, &tree), FK_INVALID);
    assert_non_null(strstr(fk_cjson_error(), "flags"));
    assert_int_equal(fk_cjson_to_value(NULL, "x", &value), FK_INVALID);
    assert_null(value);
    assert_int_equal(fk_cjson_to_value(null, NULL, &value), FK_INVALID);
    assert_int_equal(fk_cjson_to_value(null, "x", NULL), FK_INVALID);
    assert_non_null(strstr(fk_cjson_error(), "NULL"));
    cJSON_Delete(null);
}

/* ---- out of memory: the n-th allocation of cJSON fails ---- */

static long allocations_left, blocks;

static void *scarce_malloc(size_t size) {
    if (allocations_left-- <= 0) return NULL;
    blocks++;
    return malloc(size);
}

static void counting_free(void *block) {
    if (block) blocks--;
    free(block);
}

static void test_out_of_memory(void **state) {
    (void)state;
#ifdef _WIN32 /* there the library has a cJSON of its own, which these hooks do not reach */
    skip();
#endif
    fk_value *value = parse("[{\"name\":\"text\",\"cards\":[1,2]},\"x\"]");
    cJSON_Hooks hooks = {scarce_malloc, counting_free};
    cJSON_InitHooks(&hooks);
    fk_status status = FK_NO_MEMORY;
    long n = 0;
    for (; status != FK_OK; n++) {
        cJSON *tree = NULL;
        allocations_left = n;
        status = fk_cjson_from_value(value, "params", 0, &tree);
        if (status != FK_OK) {
            assert_int_equal(status, FK_NO_MEMORY);
            assert_null(tree);
            assert_non_null(strstr(fk_cjson_error(), "out of memory"));
        }
        cJSON_Delete(tree);
        assert_int_equal(blocks, 0);
    }
    assert_int_equal(n, 12); /* 7 items, 2 texts, 2 names, and once all of them */
    cJSON_InitHooks(NULL);
    fk_value_free(value);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),        cmocka_unit_test(test_containers),
        cmocka_unit_test(test_depth),          cmocka_unit_test(test_text_of_the_tree),
        cmocka_unit_test(test_whole_as_int),   cmocka_unit_test(test_tree_of_a_program),
        cmocka_unit_test(test_refused_values), cmocka_unit_test(test_refused_trees),
        cmocka_unit_test(test_deep_trees),     cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_arguments),      cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
