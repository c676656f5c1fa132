// SPDX-License-Identifier: MIT
// Bound callables: what their signatures accept, what they answer, what they may throw.
#include "support.hpp"

using namespace std::string_literals;

namespace {

int64_t twice(int64_t n) noexcept { return 2 * n; }

struct Counter {
    int count = 0;
    int operator()() { return ++count; }
};

struct Unmovable {
    int number = 7;
    Unmovable() = default;
    Unmovable(const Unmovable &) = delete;
};

} // namespace

template <>
struct fk::Convert<Unmovable> {
    static fk_value to(const Unmovable &in, Scratch &) { return FK_INT(in.number); }
};

namespace {

void params_arrive(void **) {
    fk::Vm vm;
    int conn = 0;
    std::string command, bytes;
    vm.bind("notify", [&](int to, std::string_view what, std::span<const std::byte> payload) {
        conn = to;
        command = what;
        bytes.assign(reinterpret_cast<const char *>(payload.data()), payload.size());
    });
    vm.open(script());
    vm.call("forward", "notify", 3, "PropertyUpdate", "\0\xff\x01"s);
    assert_int_equal(conn, 3);
    assert_string_equal(command.c_str(), "PropertyUpdate");
    assert_true(bytes == "\0\xff\x01"s);
    assert_int_equal(vm.call<fk::Value>("forward", "notify", 4, "", "")->kind, FK_NULL);
    vm.call("tell", "notify", 5, "", "");
    assert_int_equal(conn, 5);
}

// One callable run may stand for many calls, and must not be told from as many.
void many_calls_in_one(void **) {
    fk::Vm vm;
    std::string seen;
    size_t runs = 0;
    std::vector<std::string> lines;
    vm.bind("notify", [&](fk::VmRef, fk::Each<int8_t> each, std::string_view command) {
        runs++;
        assert_true(each.size() > 0);
        for (const int8_t conn : each) seen += std::to_string(conn) + std::string(command) + " ";
        return each.size();
    });
    fk::Options options = script();
    options.output = [&](fk_level, std::string_view line) { lines.emplace_back(line); };
    vm.open(options);
    vm.call("tell_each", "notify", std::vector{1, 2, 3}, "a");
    assert_string_equal(seen.c_str(), "1a 2a 3a ");
    assert_in_range(runs, 1, 3);
    assert_int_equal(vm.call<int>("forward", "notify", 4, "b"), 1);
    assert_string_equal(std::exchange(seen, "").c_str(), "1a 2a 3a 4b ");

    vm.call("tell_each", "notify", std::vector{5, 300, 6}, "c");
    assert_string_equal(std::exchange(seen, "").c_str(), "5c 6c ");
    assert_int_equal(lines.size(), 1);
    expect_text(lines[0], "notify: parameter 1 must be an integer of 8 bits, got the integer 300");
    vm.call("tell_each", "notify", std::vector{7, 8}, 9);
    vm.call("tell", "notify");
    assert_string_equal(seen.c_str(), "");
    expect_text(lines[1], "notify: parameter 2 must be a string, got the integer 9");
    expect_text(lines.back(), "notify: parameter 1 must be an integer of 8 bits, got nothing");
    expect_text(vm.call<std::string>("caught", "notify", std::vector{1, 2}, "d"),
                "notify: parameter 1 must be an integer of 8 bits, got an array of 2 items");
}

void any_callable_will_do(void **) {
    fk::Vm vm;
    Unmovable kept;
    vm.bind("function", twice).bind("pointer", &twice).bind("counter", Counter{});
    vm.bind("mutable", [n = 0]() mutable noexcept { return ++n; });
    vm.bind("owner", [text = std::make_unique<std::string>("mine")] { return *text; });
    vm.bind("reference", [&]() -> const Unmovable & { return kept; });
    vm.bind("by value",
            [](std::string a, const std::string &b, std::string &&c) { return a + b + c; });
    vm.bind("card", [](const Card &card) {
        return Card{card.suit, static_cast<int8_t>(card.number + 1), "new"};
    });
    vm.bind("whole", [](fk::Value value) { return value; });
    vm.open(script());
    assert_int_equal(vm.call<int>("forward", "function", 21), 42);
    assert_int_equal(vm.call<int>("forward", "pointer", 4), 8);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(vm.call<int>("forward", "counter"), i);
        assert_int_equal(vm.call<int>("forward", "mutable"), i);
    }
    assert_string_equal(vm.call<std::string>("forward", "owner").c_str(), "mine");
    assert_int_equal(vm.call<int>("forward", "reference"), 7);
    assert_string_equal(vm.call<std::string>("forward", "by value", "a", "b", "c").c_str(), "abc");
    const Card card = vm.call<Card>("forward", "card", Card{"spade", 1, {}});
    assert_true((card == Card{"spade", 2, "new"}));
    assert_int_equal(vm.call<std::vector<int>>("forward", "whole", std::vector<int>{1, 2}).size(),
                     2);
}

void optional_params_may_miss(void **) {
    fk::Vm vm;
    vm.bind("add", [](int64_t a, std::optional<int64_t> b, std::optional<std::string> unit) {
        return std::to_string(a + b.value_or(100)) + unit.value_or("");
    });
    vm.open(script());
    assert_string_equal(vm.call<std::string>("forward", "add", 2).c_str(), "102");
    assert_string_equal(vm.call<std::string>("forward", "add", 2, 3).c_str(), "5");
    assert_string_equal(vm.call<std::string>("forward", "add", 2, nullptr, "ms").c_str(), "102ms");
    expect_text(failure([&] { vm.call("forward", "add"); }).what(),
                "parameter 1 must be an integer, got nothing");
    expect_text(failure([&] { vm.call("forward", "add", 1, "x"); }).what(),
                "parameter 2 must be an integer");
}

void the_request_the_vm_and_the_rest(void **) {
    fk::Vm vm;
    vm.bind("named", [](fk_request *request, fk::VmRef inner, int n) {
        assert_ptr_equal(fk_request_vm(request), inner.get());
        return fk_request_method(request) + std::to_string(n);
    });
    vm.bind("sum", [](int first, fk::Rest rest) {
        for (const fk_value &value : rest) first += static_cast<int>(value.integer);
        return first;
    });
    vm.bind("*", [](fk_request *request) {
        throw fk::Failure(fk_request_method(request) + " is unknown"s, -32601);
    });
    vm.open(script());
    assert_string_equal(vm.call<std::string>("forward", "named", 9).c_str(), "named9");
    assert_int_equal(vm.call<int>("forward", "sum", 1), 1);
    assert_int_equal(vm.call<int>("forward", "sum", 1, 2, 3), 6);
    expect_text(failure([&] { vm.call("forward", "other", 1, 2); }).what(), "other is unknown");
}

void wrong_params_name_themselves(void **) {
    fk::Vm vm;
    int calls = 0;
    vm.bind("add", [&](int a, int8_t b) { return calls++, a + b; });
    vm.bind("card", [&](Card) { calls++; });
    vm.bind("cards", [&](fk_request *, std::vector<Card>, std::string_view) { calls++; });
    vm.bind("nothing", [&] { calls++; });
    vm.open(script());
    const auto says = [&](const char *words, auto... params) {
        expect_text(failure([&] { vm.call("forward", params...); }).what(), words);
    };
    says("invalid params: add: parameter 2 must be an integer of 8 bits, got a string of 1 byte",
         "add", 1, "x");
    says("parameter 2 must be an integer of 8 bits, got the integer 128", "add", 1, 128);
    says("parameter 2 must be an integer of 8 bits, got nothing", "add", 1);
    says("parameter 1 must be an integer of 32 bits, got nothing", "add");
    says("invalid params: add: takes at most 2 parameters, 3 came", "add", 1, 2, 3);
    says("nothing: takes at most 0 parameters, 1 came", "nothing", 1);
    says("parameter 1 must be a card, got the integer 7", "card", 7);
    says("parameter 1[1].number must be an integer of 8 bits, got the integer 999", "cards",
         std::vector<std::map<std::string, fk_value>>{
             {{"suit", FK_STR("a")}, {"number", FK_INT(1)}},
             {{"suit", FK_STR("b")}, {"number", FK_INT(999)}}},
         "x");
    assert_int_equal(calls, 0);
    assert_int_equal(vm.call<int>("forward", "add", 1, 2, nullptr), 3); // nil is none
}

void the_script_gets_the_code(void **) {
    fk::Vm vm;
    vm.bind("add", [](int a) { return a; });
    vm.bind("throws", [](int how) -> std::string {
        if (how == 0) throw std::runtime_error("the shelf is empty");
        if (how == 1) throw fk::Failure("not now", -32050);
        if (how == 2) throw 7;
        if (how == 3) return "calm";
        fk::check(fk_vm_call(nullptr, "x", nullptr, nullptr));
        return "";
    });
    vm.open(script());
    const auto caught = [&](auto... params) { return vm.call<std::string>("caught", params...); };
    expect_text(caught("add", "x"), "-32602");
    expect_text(caught("throws", 0), "the shelf is empty");
    expect_text(caught("throws", 0), "-32603");
    expect_text(caught("throws", 1), "not now");
    expect_text(caught("throws", 1), "-32050");
    expect_text(caught("throws", 2), "no std::exception");
    expect_text(caught("throws", 4), "vm is NULL");
    assert_string_equal(vm.call<std::string>("forward", "throws", 3).c_str(), "calm");
    assert_true(vm.stats().alive);
}

void failed_notifications_are_records(void **) {
    std::vector<std::string> lines;
    fk::Options options = script();
    options.output = [&](fk_level, std::string_view text) { lines.emplace_back(text); };
    fk::Vm vm;
    vm.bind("add", [](int) {});
    vm.open(options);
    vm.call("tell", "add", "x");
    assert_int_equal(lines.size(), 1);
    expect_text(lines[0],
                "the notification 'add' failed: invalid params: add: parameter 1 must be");
    assert_int_equal(vm.stats().failed_notifications, 1);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(params_arrive),
                                cmocka_unit_test(many_calls_in_one),
                                cmocka_unit_test(any_callable_will_do),
                                cmocka_unit_test(optional_params_may_miss),
                                cmocka_unit_test(the_request_the_vm_and_the_rest),
                                cmocka_unit_test(wrong_params_name_themselves),
                                cmocka_unit_test(the_script_gets_the_code),
                                cmocka_unit_test(failed_notifications_are_records)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
