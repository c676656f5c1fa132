// SPDX-License-Identifier: MIT
// fk::Vm's life: options, errors, nesting, moves, the death of the VM.
#include "support.hpp"

#include <csignal>
#include <poll.h>
#include <thread>

namespace {

void options_reach_the_vm(void **) {
    std::vector<std::string> lines;
    const std::string path = FK_TEST_SCRIPT;
    const size_t slash = path.rfind('/');
    fk::Vm vm({.script = path.substr(slash + 1),
               .directory = path.substr(0, slash),
               .output =
                   [&](fk_level level, std::string_view text) {
                       if (level != FK_LEVEL_PRINT)
                           fail_msg("level %d: %.*s", level, static_cast<int>(text.size()),
                                    text.data());
                       lines.emplace_back(text);
                   },
               .max_nesting = 2});
    vm.call("say", "hello");
    assert_int_equal(lines.size(), 1);
    assert_string_equal(lines[0].c_str(), "hello");
    expect_text(
        failure([] { fk::Vm({.script = FK_TEST_SCRIPT, .preload = {"packed=no.such"}}); }).what(),
        "packed=no.such");
    fk_vm_options plain = FK_VM_OPTIONS_INIT;
    plain.script = FK_TEST_SCRIPT;
    assert_int_equal(fk::Vm(plain).call<int>("same", 1), 1);
}

void errors_say_all(void **) {
    fk::Vm vm(script());
    const fk::Error error = failure([&] { vm.call("fails", "why"); });
    assert_int_equal(error.status(), FK_SCRIPT_ERROR);
    assert_true(error.vm_alive());
    expect_text(error.what(), "why");
    expect_text(error.traceback(), "vm.lua");
    assert_string_equal(error.method().c_str(), "fails");
    assert_int_equal(failure([&] { vm.call("nothing"); }).status(), FK_NO_METHOD);
    assert_int_equal(failure([&] { vm.call(std::string("")); }).status(), FK_INVALID);
    assert_int_equal(failure([] { fk::Vm none{fk_vm_options{}}; }).status(), FK_INVALID);
    assert_int_equal(failure([] { fk::Vm none({.script = "no such script.lua"}); }).status(),
                     FK_OPEN_FAILED);
    assert_int_equal(failure([] { fk::Vm().call("same"); }).status(), FK_INVALID);
}

void a_failed_open_can_be_tried_again(void **) {
    fk::Vm vm;
    vm.bind("one", [] { return 1; });
    const fk::Error error =
        failure([&] { vm.open({.backend = "no-such-backend", .script = FK_TEST_SCRIPT}); });
    assert_int_equal(error.status(), FK_NO_BACKEND);
    assert_false(error.vm_alive());
    assert_false(vm.is_open());
    for (int i = 0; i < 2; i++) { // and an open one be opened anew
        vm.open(script());
        assert_int_equal(vm.call<int>("forward", "one"), 1);
    }
    assert_int_equal(vm.close(), FK_OK);
    assert_int_equal(vm.close(), FK_OK);
}

void bind_after_open_is_refused(void **) {
    fk::Vm vm(script());
    std::string words;
    try {
        vm.bind("late", [] {});
    } catch (const std::logic_error &error) {
        words = error.what();
    }
    expect_text(words, "\"late\"");
    expect_text(words, "before open()");
}

void calls_nest(void **) {
    fk::Vm vm;
    vm.bind("back", [](fk::VmRef inner, int depth) { return inner.call<int>("down", depth); });
    vm.open(script());
    assert_int_equal(vm.call<int>("down", 10), 10);
    const fk::Error error = failure([&] { vm.call<int>("down", 100); });
    assert_int_equal(error.status(), FK_SCRIPT_ERROR);
    expect_text(error.what(), "max_nesting");
    assert_int_equal(vm.call<int>("down", 3), 3);
}

// The one moved from ends first: nothing of it is needed.
void moved_vms_work(void **) {
    int written = 0;
    fk::Options options = script();
    options.output = [&](fk_level, std::string_view) { written++; };
    auto first = std::make_unique<fk::Vm>();
    first->bind("back", [](fk::VmRef inner, int depth) { return inner.call<int>("down", depth); });
    first->open(options);
    std::vector<fk::Vm> many;
    many.push_back(std::move(*first));
    assert_false(first->is_open());
    first.reset();
    for (int i = 0; i < 4; i++) many.emplace_back(script()); // moves it about
    assert_int_equal(many[0].call<int>("down", 5), 5);
    many[0].call("say", "x");
    many[1] = std::move(many[0]); // closes what was there
    assert_int_equal(many[1].call<int>("down", 2), 2);
    many[1].call("say", "x");
    assert_int_equal(written, 2);
    many[0].bind("one", [] { return 1; }).open(script()); // empty, and good for another
    assert_int_equal(many[0].call<int>("forward", "one"), 1);
}

void callbacks_cannot_close(void **) {
    fk::Vm vm;
    fk_status status = FK_OK;
    bool threw = false;
    vm.bind("close", [&] {
        status = vm.close();
        try {
            vm.open(script());
        } catch (const fk::Error &error) {
            threw = error.status() == FK_BUSY;
        }
    });
    vm.open(script());
    vm.call("forward", "close");
    assert_int_equal(status, FK_BUSY);
    assert_true(threw);
    assert_true(vm.is_open());
    assert_int_equal(vm.call<int>("same", 4), 4);
}

// A child's death; an embedded VM has none of its own.
void death_is_told(void **) {
    fk::Vm vm;
    vm.bind("one", [] { return 1; });
    vm.open(script());
    const auto pid = static_cast<pid_t>(vm.stats().pid);
    if (!pid) {
        assert_true(failure([&] { vm.call("leave"); }).vm_alive());
        return vm.poll();
    }
    ::kill(pid, SIGKILL);
    pollfd ready{vm.fd(), POLLIN, 0};
    assert_int_equal(::poll(&ready, 1, 10'000), 1);
    const fk::Error noticed = failure([&] { vm.poll(); });
    assert_int_equal(noticed.status(), FK_VM_DIED);
    assert_int_equal(noticed.exit_status(), -SIGKILL);
    const fk::Error error = failure([&] { vm.call<int>("same", 1); });
    assert_int_equal(error.status(), FK_VM_DIED);
    assert_false(error.vm_alive());
    assert_string_equal(error.method().c_str(), "same");
    assert_false(vm.stats().alive);
    vm.open(script());
    assert_int_equal(vm.call<int>("forward", "one"), 1);
}

void a_kill_in_a_bound_callable(void **) {
    fk::Vm vm;
    vm.bind("die", [&] {
        if (const int64_t pid = vm.stats().pid)
            ::kill(static_cast<pid_t>(pid), SIGKILL);
        else
            fk::check(fk_vm_interrupt(vm.get()));
        return 1;
    });
    vm.open(script());
    const bool child = vm.stats().pid != 0;
    const fk::Error error = failure([&] { vm.call<int>("forward", "die"); });
    assert_int_equal(error.status(), child ? FK_VM_DIED : FK_INTERRUPTED);
    assert_int_equal(error.vm_alive(), !child);
}

// From another thread, once the call is known to run.
void interrupt_ends_a_call(void **) {
    fk::Options options = script();
    options.call_timeout = 60'000; // embedded: arms the hook that can be interrupted
    fk::Vm vm;
    std::thread helper;
    vm.bind("started",
            [&](fk::VmRef running) { helper = std::thread([running] { running.interrupt(); }); });
    vm.open(options);
    const fk::Error error = failure([&] { vm.call("endless"); });
    helper.join();
    assert_int_equal(error.status(), FK_INTERRUPTED);
}

static_assert(!std::is_copy_constructible_v<fk::Vm> &&
              std::is_nothrow_move_constructible_v<fk::Vm> &&
              std::is_nothrow_move_assignable_v<fk::Vm>);

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(options_reach_the_vm),
                                cmocka_unit_test(errors_say_all),
                                cmocka_unit_test(a_failed_open_can_be_tried_again),
                                cmocka_unit_test(bind_after_open_is_refused),
                                cmocka_unit_test(calls_nest),
                                cmocka_unit_test(moved_vms_work),
                                cmocka_unit_test(callbacks_cannot_close),
                                cmocka_unit_test(death_is_told),
                                cmocka_unit_test(a_kill_in_a_bound_callable),
                                cmocka_unit_test(interrupt_ends_a_call)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
