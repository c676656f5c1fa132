/* SPDX-License-Identifier: MIT */
/* Texts with one mistake, inside good surroundings. */
#include "refuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* What stands where a value should, and is none. The first is what JSON readers often accept. */
static const struct {
    const char *kind, *text;
} mistakes[] = {{"duplicate keys", "{\"a\":1,\"a\":2}"},
                {"duplicate keys by escape", "{\"a\":1,\"\\u0061\":2}"},
                {"duplicate keys in $object", "{\"$object\":{\"b\":1,\"b\":2}}"},
                {"high surrogate alone", "\"\\ud800\""},
                {"high surrogate and a letter", "\"\\ud800a\""},
                {"two high surrogates", "\"\\ud800\\ud800\""},
                {"low surrogate alone", "\"\\udc00\""},
                {"NUL in a key", "{\"\\u0000\":1}"},
                {"too large a double", "1e999"},
                {"too small a number of digits after e", "1e"},
                {"minus too large", "-1e999"},
                {"integer beyond 64 bits", "9223372036854775808"},
                {"integer far beyond", "123456789012345678901234567890"},
                {"negative integer beyond 64 bits", "-9223372036854775809"},
                {"broken UTF-8", "\"\xff\""},
                {"overlong UTF-8", "\"\xc0\xaf\""},
                {"surrogate in UTF-8", "\"\xed\xa0\x80\""},
                {"beyond Unicode", "\"\xf4\x90\x80\x80\""},
                {"cut UTF-8", "\"\xe6\x96\""},
                {"raw line end in a string", "\"a\nb\""},
                {"raw tab in a string", "\"a\tb\""},
                {"raw control character", "\"\x01\""},
                {"leading zero", "007"},
                {"leading plus", "+1"},
                {"digit missing after the point", "5."},
                {"digit missing before the point", ".5"},
                {"minus alone", "-"},
                {"hexadecimal", "0x10"},
                {"NaN", "NaN"},
                {"Infinity", "-Infinity"},
                {"capital True", "True"},
                {"cut word", "nul"},
                {"single quotes", "'a'"},
                {"comma at the end of an array", "[1,]"},
                {"comma at the end of an object", "{\"a\":1,}"},
                {"two commas", "[1,,2]"},
                {"colon missing", "{\"a\" 1}"},
                {"key without quotes", "{a:1}"},
                {"comment", "1/**/"},
                {"unknown escape", "\"\\x41\""},
                {"cut escape", "\"\\u00g0\""},
                {"open string", "\"abc"},
                {"open array", "[1"},
                {"closed by the wrong one", "[1}"},
                {"nothing", ""},
                {"bytes that are no base64", "{\"$bytes\":\"A*==\"}"},
                {"base64 of a wrong length", "{\"$bytes\":\"AAA\"}"},
                {"base64 with odd last bits", "{\"$bytes\":\"AB==\"}"},
                {"bytes that are no string", "{\"$bytes\":7}"},
                {"$int that is no number", "{\"$int\":\"7x\"}"},
                {"$int beyond 64 bits", "{\"$int\":\"9223372036854775808\"}"},
                {"$float that is a number", "{\"$float\":1.5}"},
                {"$float of another word", "{\"$float\":\"infinity\"}"},
                {"unknown tag", "{\"$unknown\":1}"},
                {"$object that is no object", "{\"$object\":[1]}"},
                {"form feed as a space", "[1,\f2]"},
                {"byte order mark", "\xef\xbb\xbf"
                                    "1"}};

static void print_any(FILE *out) {
    const fk_value value = generate_any(3);
    char *text = NULL;
    if (fk_value_to_json(&value, &text, NULL) != FK_OK) abort();
    fputs(text, out);
    fk_text_free(text);
}

static void surround(FILE *out, const char *bad, size_t levels) {
    if (levels == 0) {
        fputs(bad, out);
        return;
    }
    const bool array = one_in(2);
    fputs(array ? "[" : "{\"first\":", out);
    print_any(out);
    fputs(array ? "," : ",\"bad\":", out);
    surround(out, bad, levels - 1);
    fputs(array ? "," : ",\"last\":", out);
    print_any(out);
    fputs(array ? "]" : "}", out);
}

const char *malformed(size_t *size, const char **kind) {
    const size_t i = random_below(COUNT(mistakes) + 2);
    char *text = NULL, *copy;
    FILE *out = open_memstream(&text, size);
    if (!out) abort();
    if (i < COUNT(mistakes)) {
        *kind = mistakes[i].kind;
        surround(out, mistakes[i].text, random_below(5));
    } else { /* a good text, and something after it, or a part of it missing */
        *kind = i == COUNT(mistakes) ? "something after the end" : "cut at a random place";
        surround(out, "1", 1 + random_below(4));
        if (i == COUNT(mistakes)) fputs(one_in(2) ? "]" : " 1", out);
    }
    fclose(out);
    if (i > COUNT(mistakes)) *size = 1 + random_below(*size - 1);
    copy = generate_memory(*size + 1);
    memcpy(copy, text, *size);
    free(text);
    return copy;
}
