/* SPDX-License-Identifier: MIT */
/* Random containers, and the choice of rows. */
#include "generate.h"

#include "scalars.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const row_names[ROW_COUNT] = {
    "nil",           "boolean",  "null inside", "integer within 2^53",
    "other integer", "float",    "inf, nan",    "text",
    "bytes",         "array",    "object",      "$ object",
    "refused",       "malformed"};

/* Of a hundred. */
static const unsigned char weights[ROW_COUNT] = {4, 4, 8, 10, 10, 10, 4, 12, 10, 8, 8, 5, 4, 3};

static row weighted(size_t rows) {
    size_t total = 0;
    for (size_t i = 0; i < rows; i++) total += weights[i];
    size_t n = random_below(total);
    for (size_t i = 0; i < rows; i++) {
        if (n < weights[i]) return (row)i;
        n -= weights[i];
    }
    return ROW_NIL;
}

row random_row(void) { return weighted(ROW_COUNT); }

fk_value generate_any(int depth) {
    const row kind = weighted(ROW_FIRST_REFUSED);
    const bool container =
        kind == ROW_NULL_INSIDE || kind == ROW_ARRAY || kind == ROW_OBJECT || kind == ROW_DOLLAR;
    return generate(container && depth <= 0 ? ROW_TEXT : kind, depth);
}

/* Most values are shallow; a child may use all the depth that is left, but rarely does. */
static int depth_of_child(int depth) {
    const int less = depth - 1;
    return one_in(30) ? less : less < 3 ? less : (int)random_below(3);
}

static size_t size_of_container(int depth) {
    if (one_in(8)) return 0;
    if (one_in(100) && depth < 3) return 200 + random_below(200);
    return 1 + random_below(depth > 4 ? 2 : 5);
}

static fk_value array(int depth) {
    const size_t size = size_of_container(depth);
    fk_value *items = generate_memory((size + 1) * sizeof *items);
    for (size_t i = 0; i < size; i++) items[i] = generate_any(depth_of_child(depth));
    return FK_ITEMS(items, size);
}

/* depth arrays and objects around one scalar: the deepest there is. */
static fk_value deep(int depth) {
    fk_value value = generate_any(0);
    for (int i = 0; i < depth; i++) {
        fk_member *member = generate_memory(sizeof *member);
        fk_value *item = generate_memory(sizeof *item);
        *item = value;
        const char *name = one_in(4) ? "$x" : "x";
        *member = (fk_member){FK_STR(name), value};
        value = one_in(2) ? FK_MEMBERS(member, 1) : FK_ITEMS(item, 1);
    }
    return value;
}

static fk_value random_name(void) {
    static const char *const known[] = {
        "",     "1", "a b", "$bytes", "$x", "__index", "n", "\xe7\x89\x8c", "x", "$object",
        "$int", ".", "[0]", "\"",     "id", "cards",   "\n"};
    const char *name = known[random_below(sizeof known / sizeof *known)];
    return one_in(2) ? FK_STR(name) : random_text();
}

static bool has_name(const fk_member *members, size_t count, const fk_value *name) {
    for (size_t i = 0; i < count; i++)
        if (fk_value_equal(&members[i].name, name)) return true;
    return false;
}

static bool is_dollar(const fk_member *members, size_t count) {
    return count == 1 && members[0].name.size > 0 && members[0].name.string[0] == '$';
}

static fk_value object(int depth) {
    const size_t wanted = size_of_container(depth);
    fk_member *members = generate_memory((wanted + 1) * sizeof *members);
    size_t size = 0;
    for (size_t i = 0; i < wanted; i++) {
        const fk_value name = random_name();
        if (has_name(members, size, &name)) continue;
        members[size++] = (fk_member){name, generate_any(depth_of_child(depth))};
    }
    if (is_dollar(members, size)) members[0].name = FK_STR("plain");
    return FK_MEMBERS(members, size);
}

/* Whose only name is a tag, or looks like one; sometimes with what such a tag would hold. */
static fk_value dollar(int depth) {
    static const char *const names[] = {"$",       "$bytes", "$int", "$float",
                                        "$object", "$x",     "$$",   "$Int"};
    static const char *const held[] = {"AA==", "",    "7",    "9223372036854775807",
                                       "inf",  "nan", "-inf", "x"};
    fk_member *member = generate_memory(sizeof *member);
    const char *name = names[random_below(sizeof names / sizeof *names)];
    const char *text = held[random_below(sizeof held / sizeof *held)];
    member->name = FK_STR(name);
    member->value = one_in(2) ? FK_STR(text) : generate_any(depth_of_child(depth));
    return FK_MEMBERS(member, 1);
}

static fk_value null_inside(int depth) {
    const fk_value list = one_in(2) ? array(depth) : object(depth);
    const size_t at = random_below(list.size + 1); /* one more, or in the place of another */
    const bool all = one_in(10);
    if (list.kind == FK_ARRAY) {
        fk_value *items = (fk_value *)list.items;
        items[at] = FK_NIL;
        for (size_t i = 0; all && i < list.size; i++) items[i] = FK_NIL;
        return FK_ITEMS(items, at == list.size ? list.size + 1 : list.size);
    }
    fk_member *members = (fk_member *)list.members;
    if (at == list.size) members[at].name = FK_STR("a name of its own");
    members[at].value = FK_NIL;
    for (size_t i = 0; all && i < list.size; i++) members[i].value = FK_NIL;
    return FK_MEMBERS(members, at == list.size ? list.size + 1 : list.size);
}

fk_value generate(row kind, int depth) {
    switch (kind) {
    case ROW_BOOLEAN:
        return FK_BOOL(one_in(2));
    case ROW_NULL_INSIDE:
        return null_inside(depth);
    case ROW_INTEGER:
        return random_integer();
    case ROW_BIG_INTEGER:
        return random_big_integer();
    case ROW_FLOAT:
        return random_float();
    case ROW_NO_NUMBER:
        return random_no_number();
    case ROW_TEXT:
        return random_text();
    case ROW_BYTES:
        return random_bytes();
    case ROW_ARRAY:
        return one_in(50) ? deep(depth) : array(depth);
    case ROW_OBJECT:
        return object(depth);
    case ROW_DOLLAR:
        return dollar(depth);
    default:
        return FK_NIL;
    }
}
