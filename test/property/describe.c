/* SPDX-License-Identifier: MIT */
/* Values in words; see describe in property.lua for the same in Lua. */
#include "describe.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void describe_to(FILE *out, const fk_value *v);

static void describe_string(FILE *out, const fk_value *v) {
    uint32_t hash = 7;
    for (uint32_t i = 0; i < v->size; i++) hash = hash * 31 + (unsigned char)v->string[i];
    fprintf(out, "s%" PRIu32 ":%" PRIx32, v->size, hash);
}

static void describe_double(FILE *out, double d) {
    if (isnan(d))
        fputs("nan", out);
    else if (isinf(d))
        fputs(d > 0 ? "inf" : "-inf", out);
    else
        fprintf(out, "%.16e", d); /* exact; libraries differ in %a */
}

static int by_name(const void *a, const void *b) {
    const fk_value *x = &((const fk_member *)a)->name, *y = &((const fk_member *)b)->name;
    const size_t common = x->size < y->size ? x->size : y->size;
    const int order = memcmp(x->string, y->string, common);
    return order ? order : (x->size > y->size) - (x->size < y->size);
}

static void describe_object(FILE *out, const fk_value *v) {
    fk_member *sorted = malloc((v->size + 1) * sizeof *sorted);
    if (!sorted) abort();
    if (v->size) memcpy(sorted, v->members, v->size * sizeof *sorted);
    qsort(sorted, v->size, sizeof *sorted, by_name);
    fputc('{', out);
    for (uint32_t i = 0; i < v->size; i++) {
        describe_string(out, &sorted[i].name);
        fputc('=', out);
        describe_to(out, &sorted[i].value);
        fputc(';', out);
    }
    fputc('}', out);
    free(sorted);
}

static void describe_to(FILE *out, const fk_value *v) {
    switch (v->kind) {
    case FK_NULL:
        fputs("null", out);
        break;
    case FK_BOOL:
        fputs(v->integer ? "true" : "false", out);
        break;
    case FK_INT:
        fprintf(out, "i%" PRId64, v->integer);
        break;
    case FK_DOUBLE:
        describe_double(out, v->number);
        break;
    case FK_STRING:
        describe_string(out, v);
        break;
    case FK_OBJECT:
        describe_object(out, v);
        break;
    default:
        fputc('[', out);
        for (uint32_t i = 0; i < v->size; i++) describe_to(out, &v->items[i]), fputc(',', out);
        fputc(']', out);
    }
}

char *describe(const fk_value *value) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) abort();
    describe_to(out, value);
    fclose(out);
    return text;
}
