// SPDX-License-Identifier: MIT
// The flight recorder: what it keeps of a message, of how many, and what memory it takes.
#include <sstream> // before cmocka.h, which defines fail

#include "base/pages.h"
#include "unit.h"

#include "shim/recorder.h"

#include <cstdio>
#include <memory>
#include <random>
#include <unistd.h>
#include <vector>

namespace {

using fkvm::Recorder;

std::vector<std::string> lines_of(const Recorder &recorder, uint64_t start = 0) {
    std::vector<std::string> lines;
    std::stringstream all(recorder.lines(start));
    for (std::string line; std::getline(all, line);) lines.push_back(line);
    return lines;
}

void kinds(void **) {
    Recorder recorder;
    const fk_value params[] = {FK_INT(1),      FK_STR("x"),       FK_NIL,       FK_BOOL(true),
                               FK_DOUBLE(1.5), FK_INT(INT64_MIN), FK_INT(-128), FK_INT(128)};
    const fk_value list = FK_ARRAY(params), yes = FK_BOOL(true);
    recorder.add(Recorder::Call, 10, "m", &list);
    recorder.add(Recorder::HostCall, 11, "ask", nullptr);
    recorder.add(Recorder::HostResult, 12, {}, &yes);
    recorder.add(Recorder::HostError, 13, "no", nullptr);
    recorder.add(Recorder::output(FK_LEVEL_STDERR), 14, "words", nullptr);
    recorder.add(Recorder::Error, 15, "died", nullptr);
    expect_text(
        recorder.lines(10),
        R"({"n":1,"ns":0,"kind":"call","cut":false,"method":"m","params":[1,"x",null,true,1.5,{"$int":"-9223372036854775808"},-128,128]}
{"n":2,"ns":1,"kind":"host call","cut":false,"method":"ask","params":null}
{"n":3,"ns":2,"kind":"host result","cut":false,"result":true}
{"n":4,"ns":3,"kind":"host error","cut":false,"message":"no"}
{"n":5,"ns":4,"kind":"stderr","cut":false,"text":"words"}
{"n":6,"ns":5,"kind":"error","cut":false,"message":"died"}
)");
}

void what_is_cut(void **) {
    Recorder recorder;
    const std::string text(1000, 'y'), chinese = "张飞张飞张飞张飞张飞"; // 30 bytes
    const auto said = [&](const fk_value &v) {
        const fk_value list = FK_ITEMS(&v, 1);
        recorder.add(Recorder::Notify, 0, "m", &list);
        const std::string line = lines_of(recorder).back();
        return line.substr(line.find("\"cut\""));
    };
    expect_text(said(FK_BYTES(text.data(), 24)),
                R"("cut":false,"method":"m","params":["yyyyyyyyyyyyyyyyyyyyyyyy"]})");
    expect_text(said(FK_BYTES(text.data(), 25)),
                R"("cut":true,"method":"m","params":["yyyyyyyyyyyyyyyyyyyyyyyy"]})");
    expect_text(said(FK_BYTES(chinese.data(), 30)),
                R"("cut":true,"method":"m","params":["张飞张飞张飞张飞"]})");
    expect_text(
        said(FK_BYTES(chinese.data() + 1, 29)),
        R"("cut":true,"method":"m","params":[{"$bytes":"vKDpo57lvKDpo57lvKDpo57lvKDpo54="}]})");
    const fk_member members[] = {
        {FK_STR("a"), FK_INT(1)}, {FK_BYTES(text.data(), 25), FK_INT(2)}, {FK_STR("b"), FK_INT(3)}};
    expect_text(said(FK_OBJECT(members)), R"("cut":true,"method":"m","params":[{"a":1}]})");
    std::vector<fk_value> many(1000, FK_INT(7));
    const std::string list = said(FK_ITEMS(many.data(), many.size()));
    assert_true(list.starts_with(R"("cut":true,"method":"m","params":[[7,7,7,)") &&
                list.size() > 100 && list.size() < 200);
    recorder.add(Recorder::Error, 0, text, nullptr);
    expect_text(lines_of(recorder).back().substr(0, 60),
                R"({"n":7,"ns":0,"kind":"error","cut":true,"message":"yyyyyyyyy)");
}

// Any value goes in; what comes out is a line of JSON.
void any_value(void **) {
    std::mt19937 random(20260101);
    Recorder recorder;
    const std::string bytes = "\xe5\xbc\xa0\0\xff\"abcdefghijklmnopqrstuvwxyz\xe5\xbc\xa0";
    for (int round = 0; round < 20000; round++) {
        std::vector<std::vector<fk_value>> levels(1 + random() % 60);
        fk_value inner = FK_NIL;
        std::vector<fk_member> members(1, {FK_STR("name"), FK_NIL});
        for (auto &level : levels) {
            level.push_back(inner);
            for (unsigned i = random() % 6; i; i--) {
                const size_t at = random() % bytes.size();
                const fk_value kinds[] = {FK_NIL,
                                          FK_INT(random()),
                                          FK_INT(random() % 200),
                                          FK_DOUBLE(0.5),
                                          FK_BOOL(1),
                                          FK_BYTES(bytes.data() + at, bytes.size() - at)};
                level.insert(level.begin(), kinds[random() % std::size(kinds)]);
            }
            inner = FK_ITEMS(level.data(), level.size());
            if (random() % 8 == 0 && members[0].value.kind == FK_NULL) {
                members[0].value = inner;
                inner = FK_MEMBERS(members.data(), 1);
            }
        }
        const std::string method(random() % 60, 'm');
        recorder.add(Recorder::HostNotify, 0, method, &inner);
        if (round % 1000) continue;
        for (const std::string &line : lines_of(recorder)) {
            fkvm::Arena arena;
            fk_value value;
            fkvm::JsonError error;
            if (!fkvm::read_json(line, arena, {}, &value, &error))
                fail_msg("%s at %zu: %s", error.what, error.offset, line.c_str());
        }
    }
}

void the_last_thousand(void **) {
    Recorder recorder;
    assert_int_equal(lines_of(recorder).size(), 0);
    for (int i = 1; i <= 2500; i++) {
        const fk_value value = FK_INT(i);
        recorder.add(Recorder::Result, 0, {}, &value);
        if (i == 999 || i == 1000) assert_int_equal(lines_of(recorder).size(), i);
    }
    const std::vector<std::string> lines = lines_of(recorder);
    assert_int_equal(recorder.total(), 2500);
    assert_int_equal(lines.size(), 1000);
    expect_text(lines.front(), R"({"n":1501,"ns":0,"kind":"result","cut":false,"result":1501})");
    expect_text(lines.back(), R"({"n":2500,"ns":0,"kind":"result","cut":false,"result":2500})");
}

void turned_off(void **) {
    Recorder recorder;
    recorder.turn_off();
    recorder.add(Recorder::Call, 0, "m", nullptr);
    assert_int_equal(recorder.total(), 0);
    expect_text(recorder.lines(0), "");
}

size_t resident() {
    size_t pages = 0;
    FILE *file = std::fopen("/proc/self/statm", "re");
    if (!file || std::fscanf(file, "%*u %zu", &pages) != 1) pages = 0;
    if (file) std::fclose(file);
    return pages * static_cast<size_t>(fkvm::page_size());
}

// Of a thousand VMs: nothing before the first message, a page for a few, 128 kB for a thousand or a
// million.
void memory(void **) {
    if (!resident()) skip();
    const auto recorders = std::make_unique<Recorder[]>(1000);
    const auto fill = [&](size_t count, int messages) {
        const size_t before = resident();
        for (size_t i = 0; i < count; i++)
            for (int n = 0; n < messages; n++) recorders[i].add(Recorder::Call, 0, "m", nullptr);
        return resident() - before;
    };
    assert_true(fill(1000, 30) < 1000 * 4096 + (1 << 20));
    assert_true(fill(100, 1000) < 100 * 132'000 + (1 << 20));
    assert_true(fill(100, 3000) < 1 << 20);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(kinds),      cmocka_unit_test(what_is_cut),
                                cmocka_unit_test(any_value),  cmocka_unit_test(the_last_thousand),
                                cmocka_unit_test(turned_off), cmocka_unit_test(memory)};
    return cmocka_run_group_tests_name("recorder", tests, nullptr, nullptr);
}
