// SPDX-License-Identifier: MIT
// The strict reader and the writer: what is accepted, as what, and what is refused where.
#include "unit.h"
#include "wire/json_wrappers.h"

#include <cmath>

namespace {

using namespace std::string_literals;

struct Reading {
    fkvm::Arena arena;
    fk_value value{};
    fkvm::JsonError error;
    bool good;

    explicit Reading(std::string_view text, const fkvm::JsonLimits &limits = {}) {
        good = fkvm::read_json(text, arena, limits, &value, &error);
    }
};

void expect_read(std::string_view text, std::string_view wanted) {
    const Reading r(text);
    if (!r.good)
        fail_msg("'%.*s': %s at %zu", static_cast<int>(text.size()), text.data(), r.error.what,
                 r.error.offset);
    expect_text(text_of_json(r.value), wanted);
}

void expect_same(std::string_view text) { expect_read(text, text); }

void expect_refused(std::string_view text, std::string_view part, size_t offset) {
    const Reading r(text);
    const int size = static_cast<int>(text.size());
    if (r.good) fail_msg("'%.*s' was accepted", size, text.data());
    if (std::string_view(r.error.what).find(part) == std::string_view::npos ||
        r.error.offset != offset)
        fail_msg("'%.*s': %s at %zu", size, text.data(), r.error.what, r.error.offset);
}

std::string repeated(std::string_view text, int times) {
    std::string result;
    while (times-- > 0) result += text;
    return result;
}

void values_of_each_type(void **) {
    for (const auto *text : {"null", "true", "false", "0", "-1", "1.5", "\"\"", "\"text\"", "[]",
                             "{}", "[1,[2],{\"a\":[]}]", R"({"a":1,"b":{"c":null}})"})
        expect_same(text);
    expect_read(" \t\r\n[ 1 , { \"a\" : 2 } ]\n", R"([1,{"a":2}])");
}

void numbers(void **) {
    expect_same("9007199254740991");
    expect_same("-9007199254740991");
    expect_read("9007199254740992", R"({"$int":"9007199254740992"})");
    expect_read("-9223372036854775808", R"({"$int":"-9223372036854775808"})");
    expect_read("-0", "0"); // an integer has no sign of zero
    expect_same("-0.0");
    expect_same("3.0");
    expect_read("3e0", "3.0");
    expect_read("1E+2", "100.0");
    expect_read("25e-1", "2.5");
    expect_read("1.7976931348623157e308", "1.7976931348623157e+308");
    expect_same("5e-324");
    expect_same("0.1");
}

void numbers_refused(void **) {
    expect_refused("9223372036854775808", "64 bits", 0);
    expect_refused("[1,-9223372036854775809]", "64 bits", 3);
    expect_refused("1e999", "out of range", 0);
    expect_refused("-1e999", "out of range", 0);
    expect_refused("1" + std::string(5000, '0'), "64 bits", 0);
    expect_refused("01", "leading zero", 0);
    expect_refused("1.", "digit", 2);
    expect_refused("1e", "digit", 2);
    expect_refused("1e+", "digit", 3);
    for (const auto *text : {"-", ".5", "+1", "NaN", "Infinity", "-Infinity", "- 1", ",", "]"})
        expect_refused(text, "no value", 0);
    expect_refused("nan", "neither true, false nor null", 0);
    expect_refused("0x10", "more text", 1);
    expect_refused("1.5.5", "more text", 3);
}

void strings(void **) {
    expect_read(R"("\"\\\/\b\f\n\r\tA\u00e9")", "\"\\\"\\\\/\\b\\f\\n\\r\\tA\xc3\xa9\"");
    expect_read(R"("\u65B0")", "\"\xe6\x96\xb0\"");
    expect_read(R"("\ud83c\udca1")", "\"\xf0\x9f\x82\xa1\"");
    expect_same("\"\xe6\x96\xb0\xf0\x9f\x82\xa1\x7f\"");
    expect_same(R"("\u0001\u001f")");
}

void strings_refused(void **) {
    expect_refused(R"("\ud800")", "lone high", 1);
    expect_refused(R"("\ud800x")", "lone high", 1);
    expect_refused(R"("\ud800\n")", "lone high", 1);
    expect_refused(R"("\ud800\ud800")", "lone high", 1);
    expect_refused(R"("a\udc00")", "lone low", 2);
    expect_refused(R"("\x")", "escape that JSON does not know", 1);
    expect_refused(R"("\u12g4")", "four hexadecimal", 1);
    expect_refused("\"abc", "does not end", 4);
    expect_refused("\"abc\\\"", "does not end", 6);
    expect_refused("\"a\nb\"", "raw control", 2);
    expect_refused("\"a\0b\""s, "raw control", 2);
    expect_refused("\"\\n\x1f\"", "raw control", 3);
    expect_refused("'a'", "no value", 0);
}

// Every JSON library of other languages writes a NUL so.
void nul_by_escape(void **) {
    const Reading reading(R"("a\u0000b")");
    assert_true(reading.good);
    assert_true(fkvm::text_of(reading.value) == "a\0b"s);
    expect_refused(R"({"a\u0000":1})", "u0000", 1);
    expect_refused(R"([{"b":1,"\u0000":1}])", "u0000", 8);
}

void bad_utf8(void **) {
    for (const auto *bytes :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3\x28", "\xe0\x9f\xbf",
          "\xed\xa0\x80", "\xed\xbf\xbf", "\xe6\x96", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
          "\xf5\x80\x80\x80", "\xf0\x9f\x82", "\xfe", "\xff"}) {
        expect_refused("\""s + bytes + "\"", "not valid UTF-8", 1);
        expect_refused("\"12345678"s + bytes + "12345678\"", "not valid UTF-8", 1);
        expect_refused("\"\\n"s + bytes + "\"", "not valid UTF-8", 1);
        expect_refused("{\""s + bytes + "\":1}", "not valid UTF-8", 2);
    }
}

void structure_refused(void **) {
    expect_refused("", "ends where a value", 0);
    expect_refused("  ", "ends where a value", 2);
    expect_refused("[1", "comma or ]", 2);
    expect_refused("[1 2]", "comma or ]", 3);
    expect_refused("[1,]", "no value", 3);
    expect_refused("[1}", "comma or ]", 2);
    expect_refused("{\"a\":1,}", "name in quotes", 7);
    expect_refused("{a:1}", "name in quotes", 1);
    expect_refused("{\"a\" 1}", "colon", 5);
    expect_refused("{\"a\":}", "no value", 5);
    expect_refused("{\"a\":1", "comma or }", 6);
    expect_refused("1 1", "more text", 2);
    expect_refused("[]]", "more text", 2);
    expect_refused("1\0"s, "more text", 1);
    expect_refused("\xef\xbb\xbf[]", "no value", 0);
    expect_refused("nul", "neither", 0);
    expect_refused("[1,\f2]", "no value", 3);
    expect_refused("[1]//", "more text", 3);
}

void duplicate_names(void **) {
    expect_refused(R"({"a":1,"a":2})", "stands twice", 7);
    expect_refused(R"([{"a":1,"\u0061":2}])", "stands twice", 8);
    expect_refused(R"({"$object":{"b":1,"b":2}})", "stands twice", 18);
    expect_refused(R"({"x":{"$object":{"c":1,"d":[2,{"e":3}], "c":4}}})", "stands twice", 40);
    expect_refused(R"({ "a":["},\"",{"a":1,"b":[2,3]},"\\"] , "b" : 1,"a":{"a":"]"}})",
                   "stands twice", 48);
    std::string many = "{";
    for (int i = 0; i < 1000; i++) many += "\"" + std::to_string(i) + "\":0,";
    expect_refused(many + "\"999\":0}", "stands twice", many.size());
    assert_true(Reading(many + "\"1000\":0}").good);
}

void depth_is_limited(void **) {
    for (const auto &[open, close] : {std::pair{"[", "]"}, std::pair{"{\"a\":", "}"}}) {
        assert_true(
            Reading(repeated(open, FK_MAX_DEPTH) + "1" + repeated(close, FK_MAX_DEPTH)).good);
        const Reading deeper(repeated(open, FK_MAX_DEPTH + 1) + "1" +
                             repeated(close, FK_MAX_DEPTH + 1));
        assert_false(deeper.good);
        assert_string_equal(deeper.error.what, "arrays and objects nest too deep");
        assert_false(Reading(repeated(open, 1'000'000)).good);
    }
    // A tag with a string is a scalar, at the bottom too; what only begins like one is not.
    const std::string deep = repeated("[", FK_MAX_DEPTH), out = repeated("]", FK_MAX_DEPTH);
    for (const char *scalar :
         {R"({"$int":"9223372036854775807"})", R"({ "$float" : "inf" })", R"({"$bytes":"AA=="})"}) {
        assert_true(Reading(deep + scalar + out).good);
        assert_false(Reading(deep + "[" + scalar + "]" + out).good);
    }
    for (const char *object :
         {R"({"$int":"1","a":2})", R"({"$int":["1"]})", R"({"$object":{"a":1}})",
          R"({"$intact":"1"})", R"({"$int":"1","a":{"$int":"1","a":{"$int":"1"}}})",
          R"({"$bytes":)", R"({"$int")"})
        assert_false(Reading(deep + object + out).good);
    const std::string wrapped = repeated("{\"$object\":{\"$a\":", FK_MAX_DEPTH),
                      closed = repeated("}}", FK_MAX_DEPTH);
    assert_true(Reading(wrapped + "1" + closed).good);
    assert_false(Reading("[" + wrapped + "1" + closed + "]").good);
}

void nodes_are_limited(void **) {
    const fkvm::JsonLimits few{FK_MAX_DEPTH, 4};
    assert_true(Reading("[1,2,3]", few).good);
    const Reading more("[1,2,3,4]", few);
    assert_false(more.good);
    assert_string_equal(more.error.what, "too many values in one message");
    assert_int_equal(more.error.offset, 7);
}

void tags(void **) {
    expect_same(R"({"$bytes":"AA=="})");
    expect_same(R"({"$float":"inf"})");
    expect_same(R"({"$float":"-inf"})");
    expect_same(R"({"$float":"nan"})");
    expect_read(R"({"$int":"7"})", "7");
    expect_read(R"({"$int":"-7"})", "-7");
    expect_same(R"({"$object":{"$int":"7"}})");
    expect_same(R"({"$object":{"$object":{"$object":{"$x":1}}}})");
    expect_same(R"({"$int":1,"$float":2})"); // two names: an object like any other
    expect_read(R"({"$object":{"a":1}})", R"({"a":1})");
    expect_read(R"({"$object":{}})", "{}");
    expect_read(R"({"$bytes":"YWJj"})", "\"abc\"");
}

// Which wrapper a "$object" is needs a look ahead. However it ends, and however long it would take,
// nothing is misread.
void wrappers_looked_ahead(void **) {
    for (const std::string_view blank : {" ", "\t", "\r", "\n", " \r\n\t "}) {
        const std::string text = R"({"$object":{"$int":"7"})" + std::string(blank) + "}";
        expect_read(text, R"({"$object":{"$int":"7"}})");
    }
    expect_read(R"({"$object":{"a":"}\"}"}})", R"({"a":"}\"}"})");
    expect_read(R"({"$object":{"a":{"b":1}},"more":2})", R"({"$object":{"a":{"b":1}},"more":2})");
    expect_refused(R"({"$object":{"a":"no end)", "does not end", 23);
    expect_refused(R"({"$object":{"a":1)", "a comma or }", 17);
    expect_refused(R"({"$object":{"a":1})", "a comma or }", 18);
    expect_refused(R"({"$object":{"a":1}x)", "a comma or }", 18);
    expect_same(R"({"$object":{"$a":[{"$object":{"$b":1}},{"b":{"$object":{"$c":{}}}}]}})");
    expect_read(R"({"$object":{"$object":{"$object":{"a":1}},"b":2}})", // alone, not alone, alone
                R"({"$object":{"a":1},"b":2})");
    expect_same(R"([{"$object":{"$a":1}},{"$object":{"a":1},"b":{"$object":{"$a":1}}}])");
    expect_read(R"({"\u0024object":{"$a":1}})", R"({"$object":{"$a":1}})");
    constexpr int levels = FK_MAX_DEPTH - 1; // each wraps all that is inside
    const std::string inside =
        "[" + repeated("1,", 200'000) + "\"" + repeated("}", 200'000) + "\"]";
    expect_same(repeated("{\"$object\":{\"$a\":", levels) + inside + repeated("}}", levels));
}

// Every wrapper asks about its own inside; together they look at each byte once.
void wrappers_looked_at_once(void **) {
    for (const std::string_view begin :
         {"{\"$object\":{\"$a\":", "{\"$object\":{\"$a\":1,\"b\":"}) {
        const std::string inside = "[\"" + repeated("}\\\"", 100'000) + "\"" +
                                   repeated(",{}", 1000) + "]",
                          text = repeated(begin, FK_MAX_DEPTH - 1) + inside +
                                 repeated("}}", FK_MAX_DEPTH - 1);
        fkvm::Arena arena;
        fkvm::Wrappers wrappers(arena);
        for (int i = 0; i < FK_MAX_DEPTH - 1; i++)
            assert_true(wrappers.alone(text.data() + begin.size() * size_t(i) + 11,
                                       text.data() + text.size()));
        assert_true(wrappers.looked_at() <= text.size());
    }
    const std::string row = "[" + repeated("{\"$object\":{\"a\":1}},", 1000) + "0]";
    fkvm::Arena arena;
    fkvm::Wrappers wrappers(arena);
    for (size_t i = 0; i < 1000; i++)
        assert_true(wrappers.alone(row.data() + 1 + 20 * i + 11, row.data() + row.size()));
    assert_true(wrappers.looked_at() <= row.size());
}

// Deeper than any good text, and cut: no answer is taken for one.
void wrappers_of_bad_texts(void **) {
    const std::string deep = repeated("{\"$object\":", 1'000'000);
    fkvm::Arena arena;
    fkvm::Wrappers wrappers(arena);
    assert_false(wrappers.alone(deep.data() + 11, deep.data() + deep.size()));
    assert_true(wrappers.looked_at() < 10'000);
    assert_false(Reading(deep).good);
    assert_false(Reading(repeated("{\"$object\":{\"$a\":", 1'000'000)).good);
    assert_false(Reading(R"({"$object":{"$a":1]}})").good);
    assert_false(Reading(R"({"$object":{"$a":[1}]}})").good);
}

void tags_refused(void **) {
    for (const auto *text : {R"({"$int":7})", R"({"$int":"+7"})", R"({"$int":"07"})",
                             R"({"$int":"-0"})", R"({"$int":""})", R"({"$int":"-"})",
                             R"({"$int":"7 "})", R"({"$int":"9223372036854775808"})"})
        expect_refused(text, "$int holds no", 0);
    for (const auto *text : {R"({"$float":1.5})", R"({"$float":"infinity"})", R"({"$float":""})",
                             R"({"$float":"NaN"})"})
        expect_refused(text, "$float holds none", 0);
    for (const auto *text :
         {R"({"$bytes":"A"})", R"({"$bytes":"AB=="})", R"({"$bytes":"A*=="})", R"({"$bytes":7})"})
        expect_refused(text, "$bytes holds no", 0);
    expect_refused(R"({"$x":1})", "unknown tag", 0);
    expect_refused(R"({"$":1})", "unknown tag", 0);
    expect_refused(R"([{"$object":[1]}])", "$object holds no object", 1);
}

void written_to_the_letter(void **) {
    expect_text(text_of_json(FK_DOUBLE(1.0)), "1.0");
    expect_text(text_of_json(FK_DOUBLE(-0.0)), "-0.0");
    expect_text(text_of_json(FK_DOUBLE(1e22)), "1e+22");
    expect_text(text_of_json(FK_DOUBLE(0.1 + 0.2)), "0.30000000000000004");
    expect_text(text_of_json(FK_DOUBLE(-NAN)), R"({"$float":"nan"})");
    expect_text(text_of_json(FK_INT(INT64_C(9007199254740992))), R"({"$int":"9007199254740992"})");
    expect_text(text_of_json(FK_INT(INT64_MIN)), R"({"$int":"-9223372036854775808"})");
    expect_text(text_of_json(FK_BYTES("a\0b", 3)), R"({"$bytes":"YQBi"})");
    expect_text(text_of_json(FK_BYTES("\xff", 1)), R"({"$bytes":"/w=="})");
    expect_text(text_of_json(FK_STR("\x01\x1f\"\\/\x7f")), "\"\\u0001\\u001f\\\"\\\\/\x7f\"");
    const fk_member only = {FK_STR("$x"), FK_NIL};
    expect_text(text_of_json(FK_MEMBERS(&only, 1)), R"({"$object":{"$x":null}})");
}

void long_strings_in_pieces(void **) {
    for (const size_t size : {4095, 4096, 4097, 100'000}) {
        std::string text(size, '\x01');
        text[size / 2] = 'x';
        const std::string written = text_of_json(FK_BYTES(text.data(), text.size()));
        assert_int_equal(written.size(), 2 + 6 * (size - 1) + 1);
        const Reading back(written);
        assert_true(back.good);
        assert_true(fkvm::text_of(back.value) == text);
    }
}

void every_prefix_is_refused(void **) {
    const std::string text =
        R"({"a":[1,-2.5e3,"x\u65b0\ud83c\udca1",{"$bytes":"AA=="},true,null]})";
    assert_true(Reading(text).good);
    for (size_t n = 0; n < text.size(); n++) {
        const std::string cut(text.data(),
                              n); // its own memory, so that a sanitizer sees one byte too far
        const Reading r(cut);
        assert_false(r.good);
        assert_true(r.error.offset <= n);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(values_of_each_type),
                                cmocka_unit_test(numbers),
                                cmocka_unit_test(numbers_refused),
                                cmocka_unit_test(strings),
                                cmocka_unit_test(strings_refused),
                                cmocka_unit_test(nul_by_escape),
                                cmocka_unit_test(bad_utf8),
                                cmocka_unit_test(structure_refused),
                                cmocka_unit_test(duplicate_names),
                                cmocka_unit_test(wrappers_looked_at_once),
                                cmocka_unit_test(wrappers_of_bad_texts),
                                cmocka_unit_test(depth_is_limited),
                                cmocka_unit_test(nodes_are_limited),
                                cmocka_unit_test(tags),
                                cmocka_unit_test(tags_refused),
                                cmocka_unit_test(wrappers_looked_ahead),
                                cmocka_unit_test(written_to_the_letter),
                                cmocka_unit_test(long_strings_in_pieces),
                                cmocka_unit_test(every_prefix_is_refused)};
    return cmocka_run_group_tests_name("json", tests, nullptr, nullptr);
}
