// SPDX-License-Identifier: MIT
// fk::AsioVm in its loop: notifications, deaths, idle memory, jobs.
#include "asio_support.hpp"

#ifdef FK_ASIO_STANDALONE
#include <asio/dispatch.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>
#else
#include <boost/asio/dispatch.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#endif

#include <future>
#include <thread>

namespace {

// One VM that counts the deaths it is told of.
struct Watched {
    asio::io_context context;
    fk::AsioVm vm{context};
    int told = 0;
    fk_status why = FK_OK;

    Watched() {
        vm.on_death([this](const fk::Error &error) {
            told++;
            why = error.status();
        });
    }
};

void a_child_speaks_while_it_is_idle(void **) {
    asio::io_context context;
    fk::AsioVm vm(context);
    int heard = 0;
    vm.bind("hear", [&](int n) { heard = n; });
    vm.open(script());
    for (int n = 1; n < 4; n++) {
        vm.notify("tell", "hear", n);
        run_until(context, [&] { return heard == n; });
    }
    assert_int_equal(vm.close(), FK_OK);
    run_out(context);
}

void the_loop_notices_a_death(void **) {
    Watched one;
    one.vm.open(script());
    if (!is_child(one.vm)) return;
    kill_child(one.vm);
    run_until(one.context, [&] { return one.told > 0; });
    assert_int_equal(one.why, FK_VM_DIED);
    assert_int_equal(failure([&] { one.vm.call("same", 1); }).status(), FK_VM_DIED);
    run_out(one.context); // a dead VM is not watched
    assert_int_equal(one.told, 1);
}

void a_call_notices_a_death(void **) {
    Watched one;
    one.vm.open(script());
    if (!is_child(one.vm)) return;
    kill_child(one.vm);
    assert_true(one.vm.is_alive()); // as far as anybody knows
    for (int i = 0; i < 2; i++)
        assert_int_equal(failure([&] { one.vm.call("same", 1); }).status(), FK_VM_DIED);
    assert_true(one.vm.is_open() && !one.vm.is_alive());
    assert_int_equal(one.told, 0); // by the executor only
    run_out(one.context);
    assert_int_equal(one.told, 1);
    one.vm.open(script());
    assert_true(one.vm.is_alive());
}

void a_call_by_another_way_notices_a_death(void **) {
    Watched one;
    one.vm.open(script());
    if (!is_child(one.vm)) return;
    one.context.poll();
    kill_child(one.vm);
    const fk::VmRef ref(one.vm.get());
    assert_int_equal(failure([&] { ref.call("same", 1); }).status(), FK_VM_DIED);
    run_out(one.context);
    assert_int_equal(one.told, 1);
}

void a_death_within_a_call(void **) {
    Watched one;
    one.vm.bind("die", [&](fk::VmRef inside) {
        kill_child(one.vm);
        inside.call("same", 1); // knows it first, throws, and so fails the outer call
    });
    one.vm.open(script());
    if (!is_child(one.vm)) return;
    assert_int_equal(failure([&] { one.vm.call("forward", "die"); }).status(), FK_VM_DIED);
    run_out(one.context);
    assert_int_equal(one.told, 1);
}

// A script cannot end its VM; an error is no death.
void an_exit_is_no_death(void **) {
    Watched one;
    one.vm.open(script());
    assert_true(failure([&] { one.vm.call("leave"); }).vm_alive());
    assert_int_equal(one.vm.call<int>("same", 4), 4);
    one.vm.close();
    assert_int_equal(failure([&] { one.vm.call("same", 1); }).status(), FK_INVALID);
    run_out(one.context);
    assert_int_equal(one.told, 0);
}

void what_on_death_throws_leaves_run(void **) {
    Watched one;
    one.vm.on_death([](const fk::Error &error) { throw fk::Error(error); });
    one.vm.open(script());
    if (!is_child(one.vm)) return;
    kill_child(one.vm);
    assert_int_equal(failure([&] { one.context.run_for(longest); }).status(), FK_VM_DIED);
}

void an_idle_embedded_vm_gives_memory_back(void **) {
    asio::io_context context;
    fk::AsioVm vm(context);
    vm.open(script());
    if (is_child(vm)) return; // it does so by itself
    vm.call("litter", 20000);
    const uint64_t before = vm.stats().memory;
    run_until(context, [&] { return vm.stats().memory + (1 << 20) < before; });
    assert_int_equal(vm.call<int>("same", 4), 4);
}

// A VM that is tidy leaves the loop nothing but to wait for its next call.
void a_tidy_vm_is_not_polled(void **) {
    asio::io_context context;
    fk::AsioVm vm(context);
    vm.open(script());
    if (is_child(vm)) return;
    for (const int count : {0, 20000}) {
        if (count) vm.call("litter", count);
        run_until(context, [&] { return !vm.stats().wants_poll; });
        bool ended = false;
        asio::steady_timer later(context, std::chrono::milliseconds(150)); // polls come every 100
        later.async_wait([&](const auto &) { ended = true; });
        assert_int_equal(context.run_one_for(longest), 1);
        assert_true(ended);
        assert_int_equal(context.poll(), 0);
        assert_false(context.stopped());
    }
    vm.close();
    run_out(context);
}

// asio::dispatch() calls back too early, post() does not.
void jobs_run_after_the_call(void **) {
    asio::io_context context;
    fk::AsioVm vm(context);
    fk_status dispatched = FK_OK;
    int answer = 0, jobs = 0;
    vm.bind("poke", [&] {
        asio::dispatch(vm.get_executor(),
                       [&] { dispatched = failure([&] { vm.call("same", 1); }).status(); });
        vm.post([&] { answer = vm.call<int>("same", 7); });
    });
    vm.bind("ask", [&] { vm.post([&] { jobs++; }); });
    vm.open(script());
    asio::post(context, [&] { vm.notify("tell", "poke"); });
    run_until(context, [&] { return answer != 0; });
    assert_int_equal(dispatched, FK_BUSY);
    assert_int_equal(answer, 7);
    asio::post(context, [&] {
        vm.call("forward", "ask");
        if (jobs == 0) jobs = 10; // none ran before the call had returned
    });
    run_until(context, [&] { return jobs > 10; });
}

// A host method that runs the loop meets neither jobs nor deaths.
void jobs_wait_for_the_call(void **) {
    Watched one;
    std::string order;
    one.vm.bind("nest", [&] {
        one.vm.post([&] { order += "job "; });
        if (is_child(one.vm)) kill_child(one.vm);
        one.context.poll();
        order += "nested ";
    });
    one.vm.open(script());
    try {
        one.vm.call("forward", "nest");
    } catch (const fk::Error &) {
    }
    order += "called ";
    run_until(one.context, [&] { return order.ends_with("job "); });
    assert_string_equal(order.c_str(), "nested called job ");
    if (!is_child(one.vm)) return;
    run_out(one.context);
    assert_int_equal(one.told, 1);
}

// The descriptor stays ready while another thread's call has the VM; the loop must not spin.
void a_call_of_another_thread(void **) {
    Watched one;
    std::promise<void> inside, go_on;
    one.vm.bind("wait", [&] {
        inside.set_value();
        go_on.get_future().wait();
    });
    one.vm.open(script());
    std::thread other([ref = fk::VmRef(one.vm.get())] {
        try {
            ref.call("forward", "wait");
        } catch (const fk::Error &) {
        }
    });
    inside.get_future().wait();
    const bool child = is_child(one.vm);
    if (child) kill_child(one.vm);
    one.context.run_one_for(longest);
    constexpr int looks = 100;
    size_t handlers = 0;
    for (int i = 0; i < looks; i++) handlers += one.context.poll_one();
    go_on.set_value();
    other.join();
    assert_in_range(handlers, 0, looks / 2);
    if (child) run_until(one.context, [&] { return one.told == 1; });
}

void a_strand_of_many_threads(void **) {
    constexpr int jobs = 300;
    asio::thread_pool pool(3);
    int ran = 0; // the strand keeps it
    std::promise<void> all;
    {
        fk::AsioVm vm(asio::make_strand(pool));
        asio::post(vm.get_executor(), [&] { vm.open(script()); });
        for (int i = 0; i < jobs; i++)
            asio::post(pool, [&] {
                asio::post(vm.get_executor(), [&] {
                    ran += vm.call<int>("same", 1);
                    if (ran == jobs) vm.post([&] { all.set_value(); });
                });
            });
        all.get_future().wait();
        asio::post(vm.get_executor(), [&] { vm.close(); });
        pool.join();
    }
    assert_int_equal(ran, jobs);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(a_child_speaks_while_it_is_idle),
                                cmocka_unit_test(the_loop_notices_a_death),
                                cmocka_unit_test(a_call_notices_a_death),
                                cmocka_unit_test(a_call_by_another_way_notices_a_death),
                                cmocka_unit_test(a_death_within_a_call),
                                cmocka_unit_test(an_exit_is_no_death),
                                cmocka_unit_test(what_on_death_throws_leaves_run),
                                cmocka_unit_test(an_idle_embedded_vm_gives_memory_back),
                                cmocka_unit_test(a_tidy_vm_is_not_polled),
                                cmocka_unit_test(jobs_run_after_the_call),
                                cmocka_unit_test(jobs_wait_for_the_call),
                                cmocka_unit_test(a_call_of_another_thread),
                                cmocka_unit_test(a_strand_of_many_threads)};
    return cmocka_run_group_tests_name("asio", tests, nullptr, nullptr);
}
