/* SPDX-License-Identifier: MIT */
/* Walks a text and a value side by side. */
#include "wire.h"

#include "generate.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool walk(const char **p, const fk_value *v);

static bool take(const char **p, const char *word) {
    const size_t size = strlen(word);
    if (strncmp(*p, word, size) != 0) return false;
    *p += size;
    return true;
}

static bool take_integer(const char **p, int64_t i) {
    const int64_t most = INT64_C(9007199254740991);
    const bool plain = i >= -most && i <= most;
    char text[48];
    snprintf(text, sizeof text, plain ? "%" PRId64 : "{\"$int\":\"%" PRId64 "\"}", i);
    return take(p, text);
}

/* Characters of the shortest of this form that reads back; another form may be shorter. */
static size_t shortest(double d) {
    char text[40];
    int n = 1;
    do snprintf(text, sizeof text, "%.*e", n - 1, d);
    while (strtod(text, NULL) != d && n++ < 17);
    return strlen(text);
}

static bool take_double(const char **p, double d) {
    if (isnan(d)) return take(p, "{\"$float\":\"nan\"}");
    if (isinf(d)) return take(p, d > 0 ? "{\"$float\":\"inf\"}" : "{\"$float\":\"-inf\"}");
    const char *const from = *p, *const end = from + strspn(from, "+-.e0123456789");
    const bool marked =
        memchr(from, '.', (size_t)(end - from)) || memchr(from, 'e', (size_t)(end - from));
    char *read_to;
    const double read = strtod(from, &read_to);
    *p = end;
    return marked && read_to == end && memcmp(&read, &d, sizeof d) == 0 &&
           (size_t)(end - from) <= shortest(d) + strlen(".0");
}

static unsigned decoded(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (unsigned)(at - digits) : 64;
}

static bool take_bytes(const char **p, const unsigned char *bytes, size_t size) {
    if (!take(p, "{\"$bytes\":\"")) return false;
    unsigned held = 0, bits = 0;
    size_t i = 0;
    for (; decoded(**p) < 64; ++*p) {
        held = (held << 6 | decoded(**p)) & 0xffff;
        if ((bits += 6) < 8) continue;
        bits -= 8;
        if (i == size || bytes[i++] != (unsigned char)(held >> bits)) return false;
    }
    const char *const padding[] = {"\"}", "==\"}", "=\"}"};
    return i == size && (held & ((1u << bits) - 1)) == 0 && take(p, padding[size % 3]);
}

/* One byte as it may stand in a string: itself or an escape. */
static bool take_byte(const char **p, unsigned char byte) {
    static const char shorts[] = "\"\"\\\\//\bb\ff\nn\rr\tt";
    char code[8];
    if (**p != '\\') return byte >= 0x20 && byte != '"' && (unsigned char)*(*p)++ == byte;
    snprintf(code, sizeof code, "\\u%04x", byte);
    if (take(p, code)) return true;
    for (size_t i = 0; shorts[i]; i += 2)
        if ((unsigned char)shorts[i] == byte && (*p)[1] == shorts[i + 1]) return *p += 2, true;
    return false;
}

static bool take_text(const char **p, const fk_value *v) {
    if (!take(p, "\"")) return false;
    for (uint32_t i = 0; i < v->size; i++)
        if (!take_byte(p, (unsigned char)v->string[i])) return false;
    return take(p, "\"");
}

static bool take_string(const char **p, const fk_value *v) {
    const unsigned char *bytes = (const unsigned char *)v->string;
    return is_plain_utf8(bytes, v->size) ? take_text(p, v) : take_bytes(p, bytes, v->size);
}

static bool take_object(const char **p, const fk_value *v) {
    const fk_member *m = v->members;
    const bool wrapped = v->size == 1 && m[0].name.size > 0 && m[0].name.string[0] == '$';
    if (!take(p, wrapped ? "{\"$object\":{" : "{")) return false;
    for (uint32_t i = 0; i < v->size; i++)
        if ((i && !take(p, ",")) || !take_text(p, &m[i].name) || !take(p, ":") ||
            !walk(p, &m[i].value))
            return false;
    return take(p, wrapped ? "}}" : "}");
}

static bool take_array(const char **p, const fk_value *v) {
    if (!take(p, "[")) return false;
    for (uint32_t i = 0; i < v->size; i++)
        if ((i && !take(p, ",")) || !walk(p, &v->items[i])) return false;
    return take(p, "]");
}

static bool walk(const char **p, const fk_value *v) {
    switch (v->kind) {
    case FK_BOOL:
        return take(p, v->integer ? "true" : "false");
    case FK_INT:
        return take_integer(p, v->integer);
    case FK_DOUBLE:
        return take_double(p, v->number);
    case FK_STRING:
        return take_string(p, v);
    case FK_ARRAY:
        return take_array(p, v);
    case FK_OBJECT:
        return take_object(p, v);
    default:
        return take(p, "null");
    }
}

const char *wire_mistake(const char *text, const fk_value *value) {
    return walk(&text, value) && !*text ? NULL : text;
}
