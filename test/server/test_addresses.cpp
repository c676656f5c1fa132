// SPDX-License-Identifier: MIT
// What counts as one address, and how many new accounts it has within an hour.
#include "addresses.h"

#include <csetjmp>
#include <cstdarg>
extern "C" {
#include <cmocka.h>
}

using namespace server;
using std::chrono::minutes;

namespace {

std::string network(const char *address) {
    return network_of(boost::asio::ip::make_address(address));
}

void one_person_has_a_whole_64(void **) {
    assert_string_equal(network("192.0.2.7").c_str(), "192.0.2.7");
    assert_string_equal(network("::ffff:192.0.2.7").c_str(), "192.0.2.7");
    assert_string_equal(network("2001:db8:1:2::7").c_str(), "2001:db8:1:2::/64");
    assert_string_equal(network("2001:db8:1:2:ffff::1").c_str(), "2001:db8:1:2::/64");
    assert_string_equal(network("2001:db8:1:3::7").c_str(), "2001:db8:1:3::/64");
}

void an_allowance_grows_again(void **) {
    Allowances newcomers(6, std::chrono::hours(1));
    const Allowances::Time start;
    for (int i = 0; i < 6; i++) assert_true(newcomers.admit("a", start).has_value());
    assert_false(newcomers.admit("a", start).has_value());
    assert_true(newcomers.admit("b", start).has_value());
    assert_false(newcomers.admit("a", start + minutes(9)).has_value());
    assert_true(newcomers.admit("a", start + minutes(11)).has_value());
    assert_false(newcomers.admit("a", start + minutes(12)).has_value());
    for (int i = 0; i < 6; i++) assert_true(newcomers.admit("a", start + minutes(200)).has_value());
    assert_false(newcomers.admit("a", start + minutes(200)).has_value());
}

void no_limit(void **) {
    Allowances newcomers(0, std::chrono::hours(1));
    for (int i = 0; i < 10'000; i++) assert_true(newcomers.admit("a", {}).has_value());
}

void who_has_not_come_for_long_is_forgotten(void **) {
    Allowances newcomers(6, std::chrono::hours(1));
    for (int i = 0; i < 100'000; i++)
        assert_true(newcomers.admit(std::to_string(i), Allowances::Time(minutes(i))).has_value());
    assert_true(newcomers.known() < 5000);
}

// Nor is what they were refused: whoever floods once and never returns costs nothing later.
void counts_of_those_who_never_return_are_forgotten(void **) {
    Allowances lines(1, minutes(1));
    for (int i = 0; i < 100'000; i++) {
        const std::string network = std::to_string(i);
        const Allowances::Time now{minutes(i)};
        assert_true(lines.admit(network, now).has_value());
        assert_false(lines.admit(network, now).has_value());
    }
    assert_true(lines.known() < 5000);
}

void those_beyond_are_counted(void **) {
    Allowances lines(2, minutes(1));
    const Allowances::Time start;
    for (int i = 0; i < 2; i++) assert_int_equal(lines.admit("a", start).value(), 0);
    for (int i = 0; i < 5; i++) assert_false(lines.admit("a", start).has_value());
    assert_int_equal(lines.admit("b", start).value(), 0);
    assert_int_equal(lines.admit("a", start + minutes(1)).value(), 5);
    assert_int_equal(lines.admit("a", start + minutes(1)).value(), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(one_person_has_a_whole_64),
        cmocka_unit_test(an_allowance_grows_again),
        cmocka_unit_test(no_limit),
        cmocka_unit_test(those_beyond_are_counted),
        cmocka_unit_test(who_has_not_come_for_long_is_forgotten),
        cmocka_unit_test(counts_of_those_who_never_return_are_forgotten),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
