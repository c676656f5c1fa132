// SPDX-License-Identifier: MIT
// Values that children get wrong.
#include "json.h"
#include "rows.h"

namespace cli::protocol {

namespace {

std::string repeated(const std::string &text, int times) {
    std::string all;
    for (int i = 0; i < times; i++) all += text;
    return all;
}

std::string nested(const std::string &open, const std::string &core, const std::string &close,
                   int times) {
    return repeated(open, times) + core + repeated(close, times);
}

std::string every_byte() {
    std::string bytes;
    for (int i = 0; i < 256; i++) bytes += static_cast<char>(i);
    return json_of(bytes);
}

std::string wide_object(int members) {
    JsonObject object;
    for (int i = 0; i < members; i++) object.add("k" + std::to_string(i), i);
    return object.text();
}

const std::vector<std::string> scalars = {"null", "true", "false"};

const std::vector<std::string> integers = {"0",
                                           "-1",
                                           "3",
                                           "2147483648",
                                           "-2147483649",
                                           "4294967296",
                                           "9007199254740991",
                                           "-9007199254740991",
                                           R"({"$int":"9007199254740992"})",
                                           R"({"$int":"-9007199254740992"})",
                                           R"({"$int":"9007199254740993"})",
                                           R"({"$int":"1234567890123456789"})",
                                           R"({"$int":"9223372036854775807"})",
                                           R"({"$int":"-9223372036854775808"})"};

const std::vector<std::string> floats = {"0.0",
                                         "-0.0",
                                         "3.0",
                                         "-1.0",
                                         "0.1",
                                         "1e+22",
                                         "1e-07",
                                         "5e-324",
                                         "2.2250738585072014e-308",
                                         "1.7976931348623157e+308",
                                         "9007199254740992.0",
                                         "9.223372036854775807e+18",
                                         R"({"$float":"inf"})",
                                         R"({"$float":"-inf"})",
                                         R"({"$float":"nan"})"};

const std::vector<std::string> strings = {
    R"("")",
    R"("plain")",
    R"("\"\\/")",
    R"("\n\r\t\b\f\u0001\u001f")",
    "\"\x7f\"",
    "\"\xc3\xa9\xe5\xbc\xa0\xe9\xa3\x9e\"", // two and three bytes a letter
    "\"e\xcc\x81\"",                        // combining: not to be normalized
    "\"\xf0\x9d\x84\x9e\xf0\x9f\x83\x8f\"", // astral
    R"("\ud834\udd1e")",                    // the same, as a pair of surrogates
    "\"\xe2\x80\xa8\xe2\x80\xa9\xc2\x85\"", // ends of lines elsewhere, not here
    "\"\xef\xbb\xbfmark\"",
    "\"\xef\xbf\xbd\xef\xbf\xbf\"",
    "\" a\xc2\xa0\"",
    R"("$int")",
    R"("null")",
    R"("3")"};

const std::vector<std::string> bytes = {
    R"({"$bytes":"AA=="})",     R"({"$bytes":"YQBi"})", R"({"$bytes":"/w=="})",
    R"({"$bytes":"//8="})",     R"({"$bytes":"////"})", R"({"$bytes":"wK8="})", // overlong
    R"({"$bytes":"7aCA"})",                                                     // a surrogate alone
    R"({"$bytes":"9I+/vw=="})",  // the last letter there is
    R"({"$bytes":"9JCAgA=="})",  // the one behind it
    R"({"$bytes":"5byg5g=="})"}; // cut off

const std::vector<std::string> containers = {
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    R"({"a":[]})",
    R"({"a":{}})",
    "[null]",
    R"({"a":null})",
    "[null,null,1]",
    "[1,null]",
    "[[1],[2,[3]]]",
    R"([{"a":[{"b":[]}]}])",
    R"({"":1})",
    R"({"1":"x","2":"y"})",
    R"({"b":1,"a":2})",
    R"({"\"\\\n":1})",
    R"({"__proto__":1,"constructor":2,"toString":3,"length":4})",
    "{\"\xe5\xbc\xa0\":{\"\xf0\x9f\x83\x8f\":1}}",
    "[1,2.0,\"3\",true,null,[],{}]"};

const std::vector<std::string> wrappers = {
    R"({"$object":{"$int":"5"}})",
    R"({"$object":{"$int":5}})",
    R"({"$object":{"$bytes":"AA=="}})",
    R"({"$object":{"$float":"nan"}})",
    R"({"$object":{"$":1}})",
    R"({"$object":{"$later":[]}})",
    R"({"$object":{"$object":{}}})",
    R"({"$object":{"$object":{"$object":{"$object":{}}}}})",
    R"({"$object":{"$object":{"$int":"9007199254740993"}}})",
    R"({"$object":{"$a":{"$object":{"$b":{"$bytes":"AA=="}}}}})",
    R"({"$int":"5","a":1})",
    R"({"$object":{},"b":{}})",
    R"({"a":{"$object":{"$bytes":"x"}}})",
    R"({"$object":{"$x":{"$float":"inf"}}})"};

std::vector<ValueGroup> make() {
    const std::vector<std::string> deep = {
        nested("[", "", "]", 125), nested("{\"a\":", "{}", "}", 124),
        nested("[{\"k\":", "1", "}]", 62), nested("{\"$object\":{\"$n\":", "1", "}}", 50)};
    std::string many = "[0";
    for (int i = 1; i < 5000; i++) many += "," + std::to_string(i);
    std::vector<ValueGroup> groups = {
        {"scalars", scalars},   {"integers", integers}, {"floats", floats},
        {"strings", strings},   {"bytes", bytes},       {"containers", containers},
        {"wrappers", wrappers}, {"depth", deep},        {"width", {many + "]", wide_object(1000)}}};
    groups[4].texts.push_back(every_byte());
    return groups;
}

// Equal to each of a group, one echo each; what differs is counted.
void echo_group(Trial &trial, size_t index) {
    const ValueGroup &group = tricky_values()[index];
    Session &session = trial.session();
    size_t differ = 0;
    std::string first;
    for (const std::string &text : group.texts) {
        std::string problem;
        try {
            expect_equal(text, session.result("echo", "[" + text + "]").value);
            continue;
        } catch (const Wrong &wrong) {
            problem = wrong.what();
        }
        if (differ++ == 0)
            first = problem.starts_with("sent ") ? problem : "sent " + shown(text) + ": " + problem;
        if (session.child().at_end()) break;
    }
    if (differ)
        throw Wrong(first + " (" + std::to_string(differ) + " of " +
                    std::to_string(group.texts.size()) + " values)");
    trial.remark = std::to_string(group.texts.size()) + " values";
}

template <size_t index>
void group(Trial &trial) {
    echo_group(trial, index);
}

} // namespace

const std::vector<ValueGroup> &tricky_values() {
    static const std::vector<ValueGroup> groups = make();
    return groups;
}

Value read_value(const std::string &text) {
    fk_value *value = nullptr;
    if (fk_value_from_json(text.data(), text.size(), &value) != FK_OK)
        throw std::logic_error(text + ": " + fk_error_last()->message);
    return Value(value);
}

bool equal(const std::string &text, const fk_value &got) {
    return fk_value_equal(read_value(text).get(), &got);
}

void expect_equal(const std::string &text, const fk_value &got) {
    if (!equal(text, got)) throw Wrong("sent " + shown(text) + ", got " + shown(json_of(got)));
}

std::vector<Row> value_rows() {
    return {{"scalars", "null, true and false come back", group<0>,
             "answer every request, also with null: \"result\":null"},
            {"integers", "integers of 64 bits come back as integers", group<1>,
             "keep numbers without . and e as integers; beyond 2^53 - 1 they are "
             "{\"$int\":\"digits\"}: read and write them as whole numbers of 64 bits"},
            {"floats", "floats come back as floats, to the last bit", group<2>,
             "write floats with . or e and the shortest digits that read back (3.0, -0.0, 5e-324); "
             "inf, -inf and nan are {\"$float\":\"nan\"} and its like"},
            {"strings", "text comes back letter by letter", group<3>,
             "read and write UTF-8, join escaped pairs of surrogates, normalize nothing"},
            {"bytes", "strings that are no text come back byte by byte", group<4>,
             "read {\"$bytes\":\"base64\"} to bytes, and write so what is not valid UTF-8 or has a "
             "NUL"},
            {"containers", "arrays stay arrays, objects objects, null keeps its place", group<5>,
             "keep [] and {} apart, keep null inside of both, and take every text as a key"},
            {"wrappers", "objects that look like a tag come back", group<6>,
             "resolve an object whose only key begins with $ from the outside in: what $object "
             "holds keeps its keys. Wrap such objects in {\"$object\":..} when you write"},
            {"depth", "values nest 125 deep", group<7>,
             "read and write without a smaller limit of depth than 128; a wrapper is no level"},
            {"width", "lists and objects of thousands come back", group<8>,
             "read and write messages of any length up to FK_VM_MAX_MESSAGE"}};
}

} // namespace cli::protocol
