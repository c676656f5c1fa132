// SPDX-License-Identifier: MIT
// fk::Vm on the backend that FK_VM_BACKEND names.
#include <fk/vm.hpp>

#include <limits>

extern "C" {
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
}

using namespace std::string_literals;

namespace {

struct Card {
    std::string suit;
    int number = 0;
};

} // namespace

template <> struct fk::Convert<Card> {
    static constexpr std::string_view name = "a card";
    static bool from(const fk_value &value, Card &out) {
        const fk_value *suit = fk_value_member(&value, "suit"), *number = fk_value_member(&value, "number");
        return suit && number && Convert<std::string>::from(*suit, out.suit) && Convert<int>::from(*number, out.number);
    }
    static fk_value to(const Card &in, Scratch &scratch) {
        fk_member *const members = scratch.members(2);
        members[0] = {FK_STR("suit"), to_value(in.suit, scratch)};
        members[1] = {FK_STR("number"), to_value(in.number, scratch)};
        return FK_MEMBERS(members, 2);
    }
};

namespace {

fk_vm_options options() {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = FK_TEST_SCRIPT;
    return options;
}

template <class F> fk::Error failure(F function) {
    try {
        function();
    } catch (const fk::Error &error) {
        return error;
    }
    fail_msg("no fk::Error was thrown");
    return {FK_OK, "", false};
}

void expect_text(const std::string &text, const char *part) {
    if (text.find(part) == std::string::npos) fail_msg("'%s' is not in: %s", part, text.c_str());
}

template <class T> void survives(fk::Vm &vm, const T &value) {
    const T came = vm.call<T>("same", value);
    if (came != value) fail_msg("a value changed");
}

void values_survive(void **) {
    fk::Vm vm(options());
    survives(vm, true);
    survives(vm, std::numeric_limits<int64_t>::min());
    survives(vm, uint8_t{255});
    survives(vm, 0.1);
    survives(vm, "a\0b\xff"s);
    survives(vm, std::vector<int>{1, 2, 3});
    survives(vm, std::map<std::string, std::vector<std::string>>{{"a", {"x"}}, {"b", {"y", "z"}}});
    survives(vm, std::tuple<int, std::string, bool>{7, "seven", true});
    survives(vm, std::optional<int>{});
    survives(vm, std::optional<int>{3});
    const Card card = vm.call<Card>("same", Card{"heart", 12});
    assert_string_equal(card.suit.c_str(), "heart");
    assert_int_equal(card.number, 12);
    const fk::Value raw = vm.call<fk::Value>("same", std::vector<double>{0.5});
    assert_int_equal(raw->type, FK_ARRAY);
    vm.call("same");
}

void wrong_results_are_refused(void **) {
    fk::Vm vm(options());
    const fk::Error error = failure([&] { vm.call<int8_t>("same", 128); });
    assert_int_equal(error.status(), FK_BAD_VALUE);
    assert_true(error.vm_alive());
    expect_text(error.what(), "same returned the integer 128, expected an integer of 8 bits");
    failure([&] { vm.call<bool>("same", 1); });
    failure([&] { vm.call<std::tuple<int, int>>("same", std::vector<int>{1}); });
    failure([&] { vm.call<Card>("same", "no card"); });
}

void errors_of_the_script(void **) {
    fk::Vm vm(options());
    const fk::Error error = failure([&] { vm.call("fails", "why"); });
    assert_int_equal(error.status(), FK_SCRIPT_ERROR);
    expect_text(error.what(), "why");
    expect_text(error.traceback(), "vm.lua");
    assert_string_equal(error.method().c_str(), "fails");
    assert_int_equal(failure([&] { vm.call("nothing"); }).status(), FK_NO_METHOD);
    assert_int_equal(failure([] { fk::Vm none{fk_vm_options{}}; }).status(), FK_INVALID);
}

void bound_callables(void **) {
    fk::Vm vm;
    int conn = 0;
    std::string text;
    size_t bytes = 0;
    vm.bind("notify", [&](int to, std::string_view command, std::span<const std::byte> payload) {
        conn = to;
        text = command;
        bytes = payload.size();
    });
    vm.bind("add", [](int64_t a, std::optional<int64_t> b) { return a + b.value_or(100); });
    vm.bind("card", [](const Card &card) { return Card{card.suit, card.number + 1}; });
    vm.bind("method", [](fk_request *request, fk_value params) {
        assert_int_equal(params.type, FK_INT);
        return std::string(fk_request_method(request));
    });
    vm.open(options());
    vm.call("forward", "notify", 3, "PropertyUpdate", "\0\xff\x01"s);
    assert_int_equal(conn, 3);
    assert_string_equal(text.c_str(), "PropertyUpdate");
    assert_int_equal(bytes, 3);
    assert_int_equal(vm.call<int>("forward", "add", 2, 3), 5);
    assert_int_equal(vm.call<int>("forward", "add", 2), 102);
    assert_int_equal(vm.call<Card>("forward", "card", Card{"spade", 1}).number, 2);
    assert_string_equal(vm.call<std::string>("forward", "method", 9).c_str(), "method");
}

void wrong_params_name_themselves(void **) {
    fk::Vm vm;
    int calls = 0;
    vm.bind("add", [&](int a, int8_t b) { return calls++, a + b; });
    vm.bind("card", [&](Card) { calls++; });
    vm.open(options());
    expect_text(failure([&] { vm.call("forward", "add", 1, "x"); }).what(),
                "invalid params: add: parameter 2 must be an integer of 8 bits, got a string of 1 bytes");
    expect_text(failure([&] { vm.call("forward", "add", 1, 128); }).what(), "parameter 2 must be");
    expect_text(failure([&] { vm.call("forward", "add", 1); }).what(), "got none");
    expect_text(failure([&] { vm.call("forward", "card", 7); }).what(), "parameter 1 must be a card, got the integer 7");
    assert_int_equal(calls, 0);
}

void exceptions_become_errors(void **) {
    fk::Vm vm;
    vm.bind("throws", [](int how) {
        if (how == 0) throw std::runtime_error("the shelf is empty");
        if (how == 1) throw fk::Failure("not now", -32050);
        throw 7;
    });
    vm.open(options());
    expect_text(failure([&] { vm.call("forward", "throws", 0); }).what(), "the shelf is empty");
    expect_text(failure([&] { vm.call("forward", "throws", 1); }).what(), "-32050");
    expect_text(failure([&] { vm.call("forward", "throws", 2); }).what(), "no std::exception");
    assert_true(vm.stats().alive);
}

void nested_calls_and_moves(void **) {
    fk::Vm first;
    fk_vm *inner = nullptr;
    first.bind("back", [&](int depth) {
        fk_value *result = nullptr;
        const fk_value items[] = {FK_INT(depth)};
        const fk_value params = FK_ARRAY(items);
        fk::check(fk_vm_call(inner, "down", &params, &result));
        const fk::Value owned(result);
        return owned->as.integer;
    });
    first.open(options());
    fk::Vm second = std::move(first);
    assert_false(first.is_open());
    inner = second.get();
    assert_int_equal(second.call<int>("down", 5), 5);
    first = std::move(second);
    assert_int_equal(first.call<int>("down", 2), 2);
    bool refused = false;
    try {
        first.bind("late", [] {});
    } catch (const std::logic_error &) {
        refused = true;
    }
    assert_true(refused);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(values_survive),        cmocka_unit_test(wrong_results_are_refused),
                                cmocka_unit_test(errors_of_the_script),  cmocka_unit_test(bound_callables),
                                cmocka_unit_test(wrong_params_name_themselves),
                                cmocka_unit_test(exceptions_become_errors), cmocka_unit_test(nested_calls_and_moves)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
