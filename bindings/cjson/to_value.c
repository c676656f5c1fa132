/* SPDX-License-Identifier: MIT */
/* cJSON -> fk_value. The parts are counted, laid out in one block that points into the tree,
 * checked by the library, and copied by it. */
#include "problem.h"

#include <fk_vm.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is left for items and members. */
struct room {
    fk_value *items;
    fk_member *members;
};

struct count {
    size_t items, members;
};

static int kind(const cJSON *tree) { return tree->type & 0xff; }
static bool is_container(const cJSON *tree) {
    return kind(tree) == cJSON_Array || kind(tree) == cJSON_Object;
}

static void count_parts(const cJSON *tree, uint32_t depth, struct count *count) {
    if (!is_container(tree) || depth >= FK_MAX_DEPTH) return; /* the rest will be refused */
    for (const cJSON *child = tree->child; child; child = child->next) {
        *(kind(tree) == cJSON_Array ? &count->items : &count->members) += 1;
        count_parts(child, depth + 1, count);
    }
}

static fk_status read_item(const cJSON *tree, const struct place *place, uint32_t depth,
                           struct room *room, fk_value *v);

static fk_status read_number(double number, const struct place *place, fk_value *v) {
    if (!isfinite(number))
        return cjson_refuse_number(
            place, "the number is %g, which JSON does not have (cJSON reads 1e999 so)", number);
    const bool whole =
        trunc(number) == number && fabs(number) <= CJSON_EXACT && !(number == 0 && signbit(number));
    *v = whole ? FK_INT(number) : FK_DOUBLE(number);
    return FK_OK;
}

static fk_status read_string(const char *text, const struct place *place, fk_value *v) {
    if (!text) return cjson_refuse(place, "a string of the tree has no text");
    const size_t size = strlen(text);
    if (size >= UINT32_MAX) return cjson_refuse(place, "a string is longer than 4 GiB");
    if (!cjson_is_text(text, size)) return cjson_refuse(place, "a string of the tree is not UTF-8");
    *v = FK_BYTES(text, size);
    return FK_OK;
}

static size_t length(const cJSON *tree) {
    size_t n = 0;
    for (const cJSON *child = tree->child; child; child = child->next) n++;
    return n;
}

static fk_status read_array(const cJSON *tree, const struct place *place, uint32_t depth,
                            struct room *room, fk_value *v) {
    *v = FK_ITEMS(room->items, length(tree));
    fk_value *item = room->items;
    room->items += v->size;
    struct place inner = {place, NULL, 0, 0};
    fk_status status = FK_OK;
    for (const cJSON *child = tree->child; child && status == FK_OK;
         child = child->next, inner.index++)
        status = read_item(child, &inner, depth + 1, room, item++);
    return status;
}

static fk_status read_object(const cJSON *tree, const struct place *place, uint32_t depth,
                             struct room *room, fk_value *v) {
    *v = FK_MEMBERS(room->members, length(tree));
    fk_member *member = room->members;
    room->members += v->size;
    fk_status status = FK_OK;
    for (const cJSON *child = tree->child; child && status == FK_OK;
         child = child->next, member++) {
        if (!child->string) return cjson_refuse(place, "a member of the object has no name");
        const struct place inner = {place, child->string, strlen(child->string), 0};
        member->name = FK_BYTES(child->string, inner.size);
        status = read_item(child, &inner, depth + 1, room, &member->value);
    }
    return status;
}

static fk_status read_item(const cJSON *tree, const struct place *place, uint32_t depth,
                           struct room *room, fk_value *v) {
    if (is_container(tree) && depth >= FK_MAX_DEPTH)
        return cjson_refuse(place, "arrays and objects nest deeper than FK_MAX_DEPTH");
    *v = FK_NIL;
    switch (kind(tree)) {
    case cJSON_NULL:
        return FK_OK;
    case cJSON_False:
        *v = FK_BOOL(false);
        return FK_OK;
    case cJSON_True:
        *v = FK_BOOL(true);
        return FK_OK;
    case cJSON_Number:
        return read_number(tree->valuedouble, place, v);
    case cJSON_String:
        return read_string(tree->valuestring, place, v);
    case cJSON_Array:
        return read_array(tree, place, depth, room, v);
    case cJSON_Object:
        return read_object(tree, place, depth, room, v);
    case cJSON_Raw:
        return cjson_refuse(place,
                            "cJSON_Raw is text that nobody has read; give it to cJSON_Parse first");
    default:
        return cjson_refuse(place, "the item has no type (cJSON_Invalid)");
    }
}

static fk_status convert(const cJSON *tree, const struct place *place, struct room *room,
                         fk_value **value) {
    fk_value view;
    const fk_status status = read_item(tree, place, 0, room, &view);
    if (status != FK_OK) return status;
    if (fk_value_check(&view, place->name) != FK_OK)
        return cjson_take_last(); /* copy would name no root */
    return fk_value_copy(&view, value) == FK_OK ? cjson_fine() : cjson_take_last();
}

fk_status fk_cjson_to_value(const cJSON *tree, const char *root, fk_value **value) {
    if (value) *value = NULL;
    if (!tree || !root || !value)
        return cjson_invalid("fk_cjson_to_value: tree, root or value is NULL");
    const struct place place = {NULL, root, 0, 0};
    struct count count = {0, 0};
    count_parts(tree, 0, &count);
    /* Zero bytes would be a NULL that means nothing. */
    struct room room = {calloc(count.items + 1, sizeof(fk_value)),
                        calloc(count.members + 1, sizeof(fk_member))};
    const struct room block = room;
    const fk_status status = block.items && block.members ? convert(tree, &place, &room, value)
                                                          : cjson_no_memory(&place);
    free(block.items);
    free(block.members);
    return status;
}
