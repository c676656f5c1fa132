/* SPDX-License-Identifier: MIT */
/* Random numbers and strings. */
#include "scalars.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define PICK(list) (list)[random_below(sizeof(list) / sizeof *(list))]

static const int64_t two_53 = INT64_C(1) << 53;

fk_value random_integer(void) {
    const int64_t bounds[] = {
        0,         1,         -1,         two_53 - 1,       two_53 - 2, 1 - two_53, 2 - two_53,
        INT32_MAX, INT32_MIN, UINT32_MAX, INT64_C(1) << 32, 10,         255};
    if (one_in(3)) return FK_INT(PICK(bounds));
    const int64_t small = (int64_t)(random_bits() >> (11 + random_below(53)));
    return FK_INT(one_in(2) ? small : -small);
}

fk_value random_big_integer(void) {
    const int64_t bounds[] = {two_53,
                              two_53 + 1,
                              -two_53,
                              -two_53 - 1,
                              INT64_MAX,
                              INT64_MAX - 1,
                              INT64_MIN + 1,
                              INT64_MIN,
                              INT64_C(10000000000000000),
                              INT64_C(-1000000000000000000)};
    if (one_in(2)) return FK_INT(PICK(bounds));
    const int64_t n = (int64_t)(random_bits() | (uint64_t)two_53);
    return FK_INT(n > -two_53 && n < two_53 ? two_53 : n);
}

static double random_finite(void) {
    double d;
    do {
        const uint64_t bits = random_bits();
        memcpy(&d, &bits, sizeof d);
    } while (!isfinite(d));
    return d;
}

fk_value random_float(void) {
    const double bounds[] = {0.0,
                             -0.0,
                             1.0,
                             -1.0,
                             3.0,
                             0.1,
                             0.5,
                             1e15,
                             1e16,
                             1e17,
                             1e21,
                             1e22,
                             1e23,
                             1e-5,
                             1e-4,
                             1e-7,
                             DBL_MAX,
                             DBL_MIN,
                             DBL_TRUE_MIN,
                             DBL_EPSILON,
                             9007199254740991.0,
                             9007199254740992.0,
                             9223372036854775807.0,
                             -9223372036854775808.0,
                             18446744073709551616.0,
                             123456789012345680.0,
                             4.9406564584124654e-322};
    double d = one_in(2) ? PICK(bounds) : random_finite();
    if (one_in(4)) d = nextafter(d, one_in(2) ? 1e308 : -1e308);
    if (one_in(4)) d = (double)(int64_t)(random_bits() >> random_below(64));
    if (one_in(4)) d = (double)random_below(100000) / 1000; /* as people write them */
    return FK_DOUBLE(one_in(3) ? -d : d);
}

fk_value random_no_number(void) {
    const double numbers[] = {INFINITY, -INFINITY, NAN, -NAN};
    return FK_DOUBLE(PICK(numbers));
}

/* ---- strings ------------------------------------------------------------------------------- */

static size_t put_code_point(unsigned char *to, uint32_t c) {
    if (c < 0x80) return to[0] = (unsigned char)c, 1;
    if (c < 0x800) return to[0] = 0xc0 | c >> 6, to[1] = 0x80 | (c & 63), 2;
    if (c < 0x10000)
        return to[0] = 0xe0 | c >> 12, to[1] = 0x80 | (c >> 6 & 63), to[2] = 0x80 | (c & 63), 3;
    to[0] = 0xf0 | c >> 18, to[1] = 0x80 | (c >> 12 & 63), to[2] = 0x80 | (c >> 6 & 63);
    return to[3] = 0x80 | (c & 63), 4;
}

static uint32_t random_code_point(void) {
    static const uint32_t bounds[] = {1,      8,       9,       10,       12,     13,
                                      0x1f,   0x20,    '"',     '\\',     '/',    0x7f,
                                      0x80,   0x7ff,   0x800,   0xd7ff,   0xe000, 0xfffd,
                                      0xffff, 0x10000, 0x1f0a1, 0x10ffff, 0x2028, 0xfeff};
    if (one_in(3)) return PICK(bounds);
    if (one_in(2)) return 0x20 + (uint32_t)random_below(95);
    const uint32_t c = 1 + (uint32_t)random_below(0x10ffff);
    return c >= 0xd800 && c < 0xe000 ? 0x65b0 : c;
}

static size_t random_length(void) {
    if (one_in(200)) return 4000 + random_below(3000);
    return one_in(4) ? random_below(8) : random_below(40);
}

fk_value random_text(void) {
    static const char *const known[] = {"",
                                        "$",
                                        "$bytes",
                                        "$int",
                                        "null",
                                        "true",
                                        "1",
                                        "-0.0",
                                        "{}",
                                        "[]",
                                        "\"",
                                        "\\",
                                        "\\u0000",
                                        "{\"$int\":\"1\"}",
                                        "AA==",
                                        "\x7f",
                                        "inf",
                                        "{\"jsonrpc\":\"2.0\",\"method\":\"x\"}",
                                        "\xef\xbb\xbf"};
    if (one_in(5)) {
        const char *text = PICK(known);
        return FK_STR(text);
    }
    const size_t count = random_length();
    unsigned char *text = generate_memory(count * 4 + 1);
    size_t size = 0;
    for (size_t i = 0; i < count; i++) size += put_code_point(text + size, random_code_point());
    return FK_BYTES((const char *)text, size);
}

bool is_plain_utf8(const unsigned char *s, size_t size) {
    for (size_t i = 0; i < size;) {
        const unsigned char c = s[i];
        const size_t more = c < 0x80   ? 0
                            : c < 0xc2 ? 9
                            : c < 0xe0 ? 1
                            : c < 0xf0 ? 2
                            : c < 0xf5 ? 3
                                       : 9;
        if (c == 0 || more == 9 || i + more >= size) return false;
        uint32_t point = more ? c & (0x3f >> more) : c;
        for (size_t k = 1; k <= more; k++) {
            if ((s[i + k] & 0xc0) != 0x80) return false;
            point = point << 6 | (s[i + k] & 63);
        }
        const bool long_form = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
        if (long_form || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff) return false;
        i += more + 1;
    }
    return true;
}

fk_value random_bytes(void) {
    static const fk_value known[] = {{FK_STRING, 1, {.string = "\0"}},
                                     {FK_STRING, 1, {.string = "\x80"}},
                                     {FK_STRING, 2, {.string = "\xc0\x80"}},
                                     {FK_STRING, 3, {.string = "\xed\xa0\x80"}},
                                     {FK_STRING, 3, {.string = "\xed\xbf\xbf"}},
                                     {FK_STRING, 4, {.string = "\xf4\x90\x80\x80"}},
                                     {FK_STRING, 3, {.string = "\xe0\x80\x80"}},
                                     {FK_STRING, 3, {.string = "\xe0\x9f\xbf"}},
                                     {FK_STRING, 4, {.string = "\xf0\x80\x80\x80"}},
                                     {FK_STRING, 4, {.string = "\xf0\x8f\xbf\xbf"}},
                                     {FK_STRING, 4, {.string = "\xf5\x80\x80\x80"}},
                                     {FK_STRING, 2, {.string = "\xc1\xbf"}},
                                     {FK_STRING, 2, {.string = "\xe6\x96"}},
                                     {FK_STRING, 3, {.string = "\xf0\x9f\x83"}},
                                     {FK_STRING, 1, {.string = "\xff"}},
                                     {FK_STRING, 3, {.string = "a\0b"}},
                                     {FK_STRING, 5, {.string = "text\0"}}};
    if (one_in(4)) return PICK(known);
    const size_t size = 1 + random_length();
    unsigned char *bytes = generate_memory(size);
    for (size_t i = 0; i < size; i++) bytes[i] = (unsigned char)random_bits();
    if (is_plain_utf8(bytes, size)) bytes[random_below(size)] = one_in(2) ? 0 : 0xff;
    return FK_BYTES((const char *)bytes, size);
}
