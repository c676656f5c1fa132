/* SPDX-License-Identifier: MIT */
/* fk_value -> cJSON. */
#include "problem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static fk_status fill(cJSON *item, const fk_value *v, const struct place *place, uint32_t flags);

/* size bytes of text, terminated, by cJSON's allocator; NULL: out of memory. */
static char *terminated(const char *text, size_t size) {
    char *copy = cJSON_malloc(size + 1);
    if (!copy) return NULL;
    if (size) memcpy(copy, text, size);
    copy[size] = 0;
    return copy;
}

static fk_status fill_number(cJSON *item, double number) {
    item->type = cJSON_Number;
    cJSON_SetNumberValue(item, number);
    return FK_OK;
}

static fk_status fill_integer(cJSON *item, int64_t integer, const struct place *place) {
    const int64_t most = (int64_t)CJSON_EXACT;
    if (integer >= -most && integer <= most) return fill_number(item, (double)integer);
    char why[128];
    snprintf(
        why, sizeof why,
        "the integer %lld is beyond +-(2^53 - 1), and cJSON would round it; send it as a string",
        (long long)integer);
    return cjson_refuse(place, why);
}

static fk_status fill_double(cJSON *item, double number, const struct place *place,
                             uint32_t flags) {
    if (!isfinite(number))
        return cjson_refuse_number(place, "cJSON cannot hold the number %g", number);
    const bool like_an_integer =
        trunc(number) == number && fabs(number) <= CJSON_EXACT && !(number == 0 && signbit(number));
    if (like_an_integer && !(flags & FK_CJSON_WHOLE_AS_INT))
        return cjson_refuse_number(
            place,
            "cJSON cannot tell the float %.1f from an integer; send an integer, or allow it by "
            "FK_CJSON_WHOLE_AS_INT",
            number);
    return fill_number(item, number);
}

static fk_status fill_string(cJSON *item, const fk_value *v, const struct place *place) {
    if (!cjson_is_text(v->string, v->size))
        return cjson_refuse(
            place,
            "cJSON cannot hold a string with NUL in it or that is not UTF-8; send it as base64");
    item->type = cJSON_String;
    item->valuestring = terminated(v->string, v->size);
    return item->valuestring ? FK_OK : cjson_no_memory(place);
}

/* name: NULL in an array. */
static fk_status add(cJSON *container, const fk_value *name, const fk_value *v,
                     const struct place *place, uint32_t flags) {
    cJSON *item = cJSON_CreateNull();
    if (!item) return cjson_no_memory(place);
    cJSON_AddItemToArray(container,
                         item); /* objects are lists too; the name is set here, not copied there */
    if (name && !(item->string = terminated(name->string, name->size)))
        return cjson_no_memory(place);
    return fill(item, v, place, flags);
}

static fk_status fill_array(cJSON *item, const fk_value *v, const struct place *place,
                            uint32_t flags) {
    fk_status status = FK_OK;
    item->type = cJSON_Array;
    for (uint32_t i = 0; i < v->size && status == FK_OK; i++) {
        const struct place inner = {place, NULL, 0, i};
        status = add(item, NULL, &v->items[i], &inner, flags);
    }
    return status;
}

static fk_status fill_object(cJSON *item, const fk_value *v, const struct place *place,
                             uint32_t flags) {
    fk_status status = FK_OK;
    item->type = cJSON_Object;
    for (uint32_t i = 0; i < v->size && status == FK_OK; i++) {
        const fk_member *member = &v->members[i];
        const char *name = member->name.string ? member->name.string : "";
        const struct place inner = {place, name, member->name.size, 0};
        status = add(item, &member->name, &member->value, &inner, flags);
    }
    return status;
}

static fk_status fill(cJSON *item, const fk_value *v, const struct place *place, uint32_t flags) {
    switch (v->kind) {
    case FK_BOOL:
        item->type = v->integer ? cJSON_True : cJSON_False;
        return FK_OK;
    case FK_INT:
        return fill_integer(item, v->integer, place);
    case FK_DOUBLE:
        return fill_double(item, v->number, place, flags);
    case FK_STRING:
        return fill_string(item, v, place);
    case FK_ARRAY:
        return fill_array(item, v, place, flags);
    case FK_OBJECT:
        return fill_object(item, v, place, flags);
    default:
        return FK_OK; /* null it is already */
    }
}

fk_status fk_cjson_from_value(const fk_value *value, const char *root, uint32_t flags,
                              cJSON **tree) {
    if (tree) *tree = NULL;
    if (!value || !root || !tree)
        return cjson_invalid("fk_cjson_from_value: value, root or tree is NULL");
    if (flags & ~FK_CJSON_WHOLE_AS_INT)
        return cjson_invalid("fk_cjson_from_value: flags has unknown bits");
    if (fk_value_check(value, root) != FK_OK) return cjson_take_last();
    const struct place place = {NULL, root, 0, 0};
    cJSON *item = cJSON_CreateNull();
    if (!item) return cjson_no_memory(&place);
    const fk_status status = fill(item, value, &place, flags);
    if (status != FK_OK) {
        cJSON_Delete(item);
        return status;
    }
    *tree = item;
    return cjson_fine();
}
