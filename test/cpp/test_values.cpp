// SPDX-License-Identifier: MIT
// Values through fk::Vm: each type there and back, and what is refused with which words.
#include "support.hpp"

#include <cmath>
#include <limits>

using namespace std::string_literals;

namespace {

enum class Suit { Spade, Heart };

} // namespace

// A type that is no struct of fields: the two functions by hand.
template <>
struct fk::Convert<Suit> {
    static constexpr std::string_view name = "a suit";
    static bool from(const fk_value &value, Suit &out) {
        std::string_view text;
        if (!Convert<std::string_view>::from(value, text) || (text != "spade" && text != "heart"))
            return false;
        out = text == "spade" ? Suit::Spade : Suit::Heart;
        return true;
    }
    static fk_value to(Suit in, Scratch &) { return FK_STR(in == Suit::Spade ? "spade" : "heart"); }
};

namespace {

// to_value and from_value without a VM between them, then through one.
template <class T>
void survives(fk::Vm &vm, const T &value) {
    fk::Scratch scratch;
    fk::Mismatch why;
    T direct{};
    assert_true(fk::from_value(fk::to_value(value, scratch), direct, why));
    assert_true(direct == value);
    assert_true(vm.call<T>("same", value) == value);
}

template <class T>
void refuses(const fk_value &value, const char *words) {
    T out{};
    fk::Mismatch why;
    assert_false(fk::from_value(value, out, why));
    assert_string_equal(why.text("it").c_str(), words);
}

template <class T>
void limits_survive(fk::Vm &vm) {
    survives(vm, std::numeric_limits<T>::min());
    survives(vm, std::numeric_limits<T>::max());
}

void scalars_survive(void **) {
    fk::Vm vm(script());
    survives(vm, true);
    survives(vm, false);
    limits_survive<int8_t>(vm);
    limits_survive<uint8_t>(vm);
    limits_survive<int16_t>(vm);
    limits_survive<uint16_t>(vm);
    limits_survive<int32_t>(vm);
    limits_survive<uint32_t>(vm);
    limits_survive<int64_t>(vm);
    survives(vm, uint64_t{1} << 62);
    survives(vm, 0.1);
    survives(vm, -std::numeric_limits<double>::infinity());
    survives(vm, 0.5f);
    assert_true(std::isnan(vm.call<double>("same", std::nan(""))));
    assert_true(std::signbit(vm.call<double>("same", -0.0)));
    assert_true(vm.call<std::nullptr_t>("same", nullptr) == nullptr);
    assert_true(vm.call<double>("same", 3) == 3.0); // an integer is a number
}

void strings_survive(void **) {
    fk::Vm vm(script());
    survives(vm, ""s);
    survives(vm, "a\0b\xff"s);
    survives(vm, std::string(100'000, 'x'));
    survives(vm, std::vector<std::byte>{std::byte{0}, std::byte{255}});
    assert_string_equal(vm.call<std::string>("same", "literal").c_str(), "literal");
    assert_int_equal(vm.call<std::string>("same", std::string_view("view")).size(), 4);
    const std::array<std::byte, 3> bytes{};
    assert_true(vm.call<std::string>("same", std::span<const std::byte>(bytes)) ==
                std::string(3, '\0'));
}

void containers_survive(void **) {
    fk::Vm vm(script());
    survives(vm, std::vector<int>{1, 2, 3});
    survives(vm, std::vector<bool>{true, false});
    survives(vm, std::vector<std::optional<int>>{1, std::nullopt, 3});
    survives(vm, std::map<std::string, std::vector<std::string>>{{"a", {"x"}}, {"b", {"y", "z"}}});
    survives(vm, std::tuple<int, std::string, bool>{7, "seven", true});
    survives(vm, std::tuple<int, std::optional<int>>{7, std::nullopt});
    survives(vm, std::optional<int>{});
    survives(vm, std::optional<int>{3});
    survives(vm, std::vector<std::vector<Card>>{{{"heart", 12, {}}, {"spade", 1, "dodge"}},
                                                {{"club", 3, {}}}});
    survives(vm, std::vector<int>{});
    survives(vm, std::map<std::string, int>{});
    survives(vm, Suit::Heart);
    assert_int_equal((vm.call<std::map<std::string, int>>("empty").size()), 0);
    assert_int_equal(vm.call<std::vector<int>>("empty").size(), 0);
    const fk::Value raw = vm.call<fk::Value>("same", std::vector<double>{0.5});
    assert_int_equal(raw->kind, FK_ARRAY);
    const fk::Value again = vm.call<fk::Value>("same", *raw);
    assert_true(fk_value_equal(raw.get(), again.get()));
    const fk::Value none;
    assert_int_equal(vm.call<fk::Value>("same", none)->kind, FK_NULL);
}

void what_does_not_fit_is_named(void **) {
    refuses<int8_t>(FK_INT(128), "it must be an integer of 8 bits, got the integer 128");
    refuses<uint32_t>(FK_INT(-1), "it must be an integer of 32 bits, got the integer -1");
    refuses<uint64_t>(FK_INT(-1), "it must be an integer, got the integer -1");
    refuses<int>(FK_DOUBLE(3.0), "it must be an integer of 32 bits, got the float 3.000000");
    refuses<bool>(FK_INT(1), "it must be a bool, got the integer 1");
    refuses<double>(FK_BOOL(true), "it must be a number, got true");
    refuses<std::string>(FK_NIL, "it must be a string, got null");
    refuses<std::string_view>(FK_INT(3), "it must be a string, got the integer 3");
    refuses<std::span<const std::byte>>(FK_INT(3), "it must be bytes, got the integer 3");
    refuses<std::nullptr_t>(FK_STR("x"), "it must be null, got a string of 1 byte");
    refuses<std::optional<int>>(FK_STR("xy"),
                                "it must be an integer of 32 bits, got a string of 2 bytes");
    refuses<Suit>(FK_STR("club"), "it must be a suit, got a string of 4 bytes");
    refuses<Card>(FK_INT(7), "it must be a card, got the integer 7");
}

void the_place_inside_is_named(void **) {
    const fk_value items[] = {FK_INT(1), FK_NIL};
    refuses<std::vector<int>>(FK_ARRAY(items), "it[1] must be an integer of 32 bits, got null");
    refuses<std::tuple<int>>(FK_ARRAY(items), "it must be an array of 1, got an array of 2 items");
    refuses<std::tuple<int, int, int>>(FK_ARRAY(items),
                                       "it[1] must be an integer of 32 bits, got null");
    refuses<std::map<std::string, int>>(FK_ARRAY(items),
                                        "it must be an object, got an array of 2 items");
    const fk_member members[] = {{FK_STR("number"), FK_INT(300)},
                                 {FK_STR("suit"), FK_STR("heart")}};
    const fk_value hand[] = {FK_OBJECT(members)};
    refuses<std::vector<Card>>(FK_ARRAY(hand),
                               "it[0].number must be an integer of 8 bits, got the integer 300");
    refuses<Card>(FK_MEMBERS(members + 1, 1),
                  "it.number must be an integer of 8 bits, got nothing");
    refuses<std::map<std::string, bool>>(FK_MEMBERS(members + 1, 1),
                                         "it.suit must be a bool, got a string of 5 bytes");
}

void what_cannot_leave_is_named(void **) {
    fk::Vm vm(script());
    const fk::Error error = failure([&] { vm.call("same", std::numeric_limits<uint64_t>::max()); });
    assert_int_equal(error.status(), FK_BAD_VALUE);
    assert_true(error.vm_alive());
    expect_text(error.what(), "18446744073709551615");
    assert_int_equal(failure([&] {
                         vm.call("same", std::map<std::string, int>{{"\xff", 1}});
                     }).status(),
                     FK_BAD_VALUE);
    if constexpr (sizeof(size_t) > 4) {
        const std::string_view huge("x", size_t{UINT32_MAX} + 1); // never read
        assert_int_equal(failure([&] { vm.call("same", huge); }).status(), FK_BAD_VALUE);
    }
}

void results_are_checked(void **) {
    fk::Vm vm(script());
    const fk::Error error = failure([&] { vm.call<int8_t>("same", 128); });
    assert_int_equal(error.status(), FK_BAD_VALUE);
    assert_true(error.vm_alive());
    assert_string_equal(error.method().c_str(), "same");
    assert_string_equal(error.what(),
                        "the result of same must be an integer of 8 bits, got the integer 128");
    expect_text(
        failure([&] { vm.call<std::vector<int>>("same", std::vector<double>{0.5}); }).what(),
        "the result of same[0] must be an integer of 32 bits, got the float 0.5");
}

static_assert(fk::is_view<std::vector<std::optional<std::string_view>>> &&
              !fk::is_view<std::vector<std::string>>);
static_assert(!fk::Outgoing<char> && !fk::Outgoing<struct Unknown> && fk::Outgoing<Card>);

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(scalars_survive),           cmocka_unit_test(strings_survive),
        cmocka_unit_test(containers_survive),        cmocka_unit_test(what_does_not_fit_is_named),
        cmocka_unit_test(the_place_inside_is_named), cmocka_unit_test(what_cannot_leave_is_named),
        cmocka_unit_test(results_are_checked)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
