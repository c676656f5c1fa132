/* SPDX-License-Identifier: MIT */
/* Random surroundings for a bad place. */
#include "refuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* An array with inner at a random index, good values around it. */
static fk_value in_array(fk_value inner, char *step, size_t room) {
    const size_t size = 1 + random_below(4), at = random_below(size);
    fk_value *items = generate_memory(size * sizeof *items);
    for (size_t i = 0; i < size; i++) items[i] = i == at ? inner : generate_any(2);
    snprintf(step, room, "[%zu]", at);
    return FK_ITEMS(items, size);
}

static fk_value in_object(fk_value inner, char *step, size_t room) {
    static const char *const names[] = {"a", "cards", "hand", "id_2", "x"};
    const size_t at = random_below(COUNT(names));
    fk_member *members = generate_memory(COUNT(names) * sizeof *members);
    size_t size = 0;
    for (size_t i = 0; i < COUNT(names); i++)
        if (i == at || one_in(2))
            members[size++] = (fk_member){FK_STR(names[i]), i == at ? inner : generate_any(2)};
    snprintf(step, room, ".%s", names[at]);
    return FK_MEMBERS(members, size);
}

/* Up to six levels around the bad thing. */
static spoiled surround(fk_value bad, const char *kind) {
    spoiled s = {.value = bad, .path = "", .kind = kind};
    for (size_t levels = random_below(6); levels > 0; levels--) {
        char step[32], path[sizeof s.path];
        s.value = one_in(2) ? in_array(s.value, step, sizeof step)
                            : in_object(s.value, step, sizeof step);
        snprintf(path, sizeof path, "%s%.200s", step, s.path);
        memcpy(s.path, path, sizeof path);
    }
    return s;
}

spoiled spoiled_for_lua(void) {
    static const char *const kinds[] = {
        "func",      "coroutine", "userdata",     "mixed",         "hole",        "far",
        "zero",      "negative",  "zero_and_two", "min_and_three", "boolean_key", "float_key",
        "table_key", "bytes_key", "nul_key",      "cycle",         "deep"};
    return surround(FK_STR("the bad place"), kinds[random_below(COUNT(kinds))]);
}

/* ---- mistakes of C programs ----------------------------------------------------------------- */

static fk_value member_named(fk_value name) {
    fk_member *member = generate_memory(sizeof *member);
    *member = (fk_member){name, FK_INT(1)};
    return FK_MEMBERS(member, 1);
}

static fk_value bytes_name(void) {
    fk_value name;
    do name = generate(ROW_BYTES, 0);
    while (is_plain_utf8((const unsigned char *)name.string, name.size));
    return member_named(name);
}

static fk_value number_name(void) { return member_named(FK_INT(1)); }

static fk_value twins(void) {
    const size_t size = 2 + random_below(40); /* few are compared, many are sorted */
    fk_member *members = generate_memory(size * sizeof *members);
    for (size_t i = 0; i < size; i++) {
        char *name = generate_memory(16);
        snprintf(name, 16, "name%zu", i == size - 1 ? random_below(size - 1) : i);
        members[i] = (fk_member){FK_STR(name), FK_INT(i)};
    }
    return FK_MEMBERS(members, size);
}

static fk_value too_deep(void) {
    fk_value value = FK_INT(1);
    for (int i = 0; i <= FK_MAX_DEPTH; i++) {
        fk_value *item = generate_memory(sizeof *item);
        *item = value;
        value = FK_ITEMS(item, 1);
    }
    return value;
}

static fk_value odd_bool(void) {
    fk_value value = FK_BOOL(true);
    value.integer = one_in(2) ? 2 : -1;
    return value;
}

static fk_value odd_type(void) {
    fk_value value = FK_NIL;
    value.kind = one_in(2) ? FK_OBJECT + 1 : (uint32_t)random_bits() | 8;
    return value;
}

static fk_value no_bytes(void) { return FK_BYTES(NULL, 1 + random_below(100)); }
static fk_value no_items(void) { return FK_ITEMS(NULL, 1 + random_below(100)); }
static fk_value no_members(void) { return FK_MEMBERS(NULL, 1 + random_below(100)); }

/* Never looked at: the pointers show too little. */
static size_t far_too_many(void) {
    return (size_t)UINT32_MAX + (sizeof(size_t) > 4 && one_in(2) ? 6 : 0);
}
static fk_value large_bytes(void) { return FK_BYTES("x", far_too_many()); }
static fk_value large_items(void) {
    static const fk_value one;
    return FK_ITEMS(&one, far_too_many());
}
static fk_value large_object(void) {
    static const fk_member one;
    return FK_MEMBERS(&one, far_too_many());
}
static fk_value large_name(void) { return member_named(FK_BYTES("x", far_too_many())); }

spoiled spoiled_in_c(void) {
    static const struct {
        const char *kind;
        fk_value (*make)(void);
    } mistakes[] = {{"bytes as a name", bytes_name},
                    {"a number as a name", number_name},
                    {"twins", twins},
                    {"too deep", too_deep},
                    {"odd bool", odd_bool},
                    {"odd type", odd_type},
                    {"bytes beyond 32 bits", large_bytes},
                    {"items beyond 32 bits", large_items},
                    {"members beyond 32 bits", large_object},
                    {"a name beyond 32 bits", large_name},
                    {"no bytes", no_bytes},
                    {"no items", no_items},
                    {"no members", no_members}};
    const size_t i = random_below(COUNT(mistakes));
    return surround(mistakes[i].make(), mistakes[i].kind);
}
