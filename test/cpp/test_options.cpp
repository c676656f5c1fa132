// SPDX-License-Identifier: MIT
// fk::Options on a VM: what has no plain value of C (methods, output, finalize), the limits that
// came late, and why a VM died in fk::Error. That no field is missing is fields.py's part.
#include "support.hpp"

#include <csignal>
#include <sys/types.h>

namespace {

void finalize_runs_once(void **) {
    int ended = 0, written = 0;
    fk::Options options = script();
    options.finalize = [&] { ended++; };
    options.output = [&](fk_level, std::string_view) { written++; };
    fk::Vm vm(options);
    vm.call("say", "x");
    assert_int_equal(ended, 0);
    vm.close();
    assert_int_equal(ended, 1);
    assert_int_equal(written, 1);
    vm.open(options);
    fk::Vm other(std::move(vm));
    other.open(script()); // ends the one before
    assert_int_equal(ended, 2);
    options.script = "there is none.lua";
    assert_int_equal(failure([&] { other.open(options); }).status(), FK_OPEN_FAILED);
    assert_int_equal(ended, 3);
}

// Alone, and with something thrown: it ends in the binding.
void finalize_without_output(void **) {
    int ended = 0;
    fk::Options options = script();
    options.finalize = [&] {
        ended++;
        throw std::runtime_error("dropped");
    };
    { fk::Vm vm(options); }
    assert_int_equal(ended, 1);
}

fk_status answer(void *user, fk_request *request, const fk_value *) {
    return fk_reply(request, static_cast<const fk_value *>(user));
}

void methods_of_c_beside_bound_ones(void **) {
    fk_value seven = FK_INT(7), eight = FK_INT(8);
    fk::Options options = script();
    options.methods = {{"seven", answer, &seven, 0, {}}, {"eight", answer, &eight, 0, {}}};
    fk::Vm vm;
    vm.bind("nine", [] { return 9; }).open(options);
    assert_int_equal(vm.call<int>("forward", "seven"), 7);
    assert_int_equal(vm.call<int>("forward", "eight"), 8);
    assert_int_equal(vm.call<int>("forward", "nine"), 9);
}

void limits_of_a_call(void **) {
    fk::Options options = script();
    options.max_values = 5;
    options.max_host_calls = 2;
    fk::Vm vm;
    vm.bind("*", [](fk_request *) {});
    vm.open(options);
    vm.call("same", std::vector<int>{1, 2});
    const fk::Error values = failure([&] { vm.call("same", std::vector<int>(10)); });
    assert_int_equal(values.status(), FK_BAD_VALUE);
    expect_text(values.what(), "max_values");
    vm.call("tell_each", "x", std::vector<int>{1, 2});
    const fk::Error calls = failure([&] { vm.call("tell_each", "x", std::vector<int>{1, 2, 3}); });
    expect_text(calls.what(), "max_host_calls");
}

void errors_tell_the_death(void **) {
    fk::Vm vm(script());
    const auto pid = static_cast<pid_t>(vm.stats().pid);
    const fk::Error lives = failure([&] { vm.call("fails", "why"); });
    assert_int_equal(lives.death(), FK_DEATH_NONE);
    if (!pid) return;
    ::kill(pid, SIGKILL);
    const fk::Error error = failure([&] { vm.call("same", 1); });
    assert_int_equal(error.status(), FK_VM_DIED);
    assert_int_equal(error.death(), FK_DEATH_SIGNAL);
    assert_int_equal(error.exit_status(), -SIGKILL);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(finalize_runs_once), cmocka_unit_test(finalize_without_output),
        cmocka_unit_test(methods_of_c_beside_bound_ones), cmocka_unit_test(limits_of_a_call),
        cmocka_unit_test(errors_tell_the_death)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
