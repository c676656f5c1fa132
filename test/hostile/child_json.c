/* SPDX-License-Identifier: MIT */
/* JSON that a child should not send as a result, and some that it may. */
#include "child.h"

/* A damaged answer: fkvm-host is killed for it; another child's call fails, and it lives. */
#define REFUSED(mode)                                                                              \
    { mode, {BIT(BAD_VALUE), LIVES}, {BIT(PROTOCOL), DIES}, NULL, 0 }

static const misdeed arrays = REFUSED("bomb_arrays"), objects = REFUSED("bomb_objects"),
                     deep = REFUSED("deep_whole"), bad_utf8 = REFUSED("bad_utf8"),
                     overlong = REFUSED("overlong"), escaped_nul = REFUSED("escaped_nul_name"),
                     raw_nul = REFUSED("raw_nul"), surrogate = REFUSED("surrogate"),
                     range = REFUSED("range"), integer = REFUSED("integer_range"),
                     nan = REFUSED("nan"), infinity = REFUSED("infinity"),
                     key = REFUSED("duplicate_key"), trailing = REFUSED("trailing"),
                     control = REFUSED("control"), zero = REFUSED("leading_zero"),
                     point = REFUSED("bare_point"), bytes = REFUSED("bad_bytes"),
                     tag_int = REFUSED("bad_int"), tag_float = REFUSED("bad_float"),
                     /* no message: output */
    bom = {"bom", {BIT(TIMEOUT), DIES}, {BIT(PROTOCOL), DIES}, NULL, 200};

/* Ten million values in twenty megabytes: refused before they take a tenth of a gigabyte. */
static void nodes(void **state) {
    (void)state;
    fk_vm_options options = child_options("bomb_nodes");
    options.call_timeout = 20000;
    const uint64_t before = resident_bytes();
    fk_vm *vm = open_vm(&options);
    const outcome killed = {BIT(PROTOCOL), DIES}, failed = {BIT(BAD_VALUE), LIVES};
    const outcome wanted = on(COMMAND) ? failed : killed;
    expect_outcome(vm, fk_vm_call(vm, "act", NULL, NULL), wanted, NULL);
    close_vm(vm);
    if (!FK_SANITIZED) assert_true(resident_bytes() < before + (64u << 20));
}

typedef struct reading {
    const char *mode;
    fk_value value;
} reading;

static void reads(void **state) {
    const reading *wanted = *state;
    const fk_vm_options options = child_options(wanted->mode);
    fk_vm *vm = open_vm(&options);
    fk_value *result = NULL;
    assert_int_equal(fk_vm_call(vm, "act", NULL, &result), FK_OK);
    assert_true(fk_value_equal(result, &wanted->value));
    fk_value_free(result);
    close_vm(vm);
}

static const reading empty_array = {"empty_array", {FK_ARRAY, 0, {0}}},
                     empty_object = {"empty_object", {FK_OBJECT, 0, {0}}},
                     big = {"big_integer", {FK_INT, 0, {.integer = 9007199254740993}}},
                     tagged = {"tagged_integer", {FK_INT, 0, {.integer = INT64_MAX}}};

#define JSON(name, deed)                                                                           \
    { "B13." name, MISBEHAVING, run_misdeed, &deed }

static const item items[] = {JSON("bomb-of-arrays", arrays),
                             JSON("bomb-of-objects", objects),
                             JSON("too-deep", deep),
                             {"B13.bomb-of-nodes", MISBEHAVING, nodes, NULL},
                             JSON("invalid-utf8", bad_utf8),
                             JSON("overlong-utf8", overlong),
                             JSON("escaped-nul-in-a-name", escaped_nul),
                             JSON("raw-nul", raw_nul),
                             JSON("lone-surrogate", surrogate),
                             JSON("1e999", range),
                             JSON("integer-range", integer),
                             JSON("nan", nan),
                             JSON("infinity", infinity),
                             JSON("duplicate-key", key),
                             JSON("trailing", trailing),
                             JSON("control-character", control),
                             JSON("leading-zero", zero),
                             JSON("bare-point", point),
                             JSON("bom", bom),
                             JSON("bad-bytes", bytes),
                             JSON("bad-int", tag_int),
                             JSON("bad-float", tag_float),
                             {"B13.empty-array", MISBEHAVING, reads, &empty_array},
                             {"B13.empty-object", MISBEHAVING, reads, &empty_object},
                             {"B13.2^53+1", MISBEHAVING, reads, &big},
                             {"B13.tagged-integer", MISBEHAVING, reads, &tagged}};
TOPIC(child_json, items);
