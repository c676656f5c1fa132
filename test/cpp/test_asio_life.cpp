// SPDX-License-Identifier: MIT
// fk::AsioVm's life: opened anew, closed and destroyed in each kind of handler, and what is in the
// queue then; whose the descriptor is.
#include "asio_support.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace {

using Owner = std::unique_ptr<fk::AsioVm>;

// In the place of the VM's descriptor, the moment that the VM is gone: the program's own next file.
struct Successor {
    asio::io_context context;
    int fd = -1;
    bool was_open = false; // for the VM, until it closed it
    std::unique_ptr<asio::posix::stream_descriptor> watched;
    bool readable = false;

    void look() { was_open = fcntl(fd, F_GETFD) >= 0; }

    void move_in() {
        const int event = eventfd(0, EFD_CLOEXEC);
        assert_int_equal(dup2(event, fd), fd);
        ::close(event);
        watched = std::make_unique<asio::posix::stream_descriptor>(context, fd);
        watched->async_wait(asio::posix::descriptor_base::wait_read,
                            [this](auto error) { readable = !error; });
    }

    void expect_unharmed() {
        assert_true(was_open);
        assert_true(watched != nullptr);
        assert_true(fcntl(fd, F_GETFD) >= 0);
        assert_int_equal(eventfd_write(fd, 1), 0);
        run_until(context, [this] { return readable; });
    }
};

void let_go_of_the_descriptor(void (*end)(Owner &, Successor &)) {
    Successor next;
    auto vm = std::make_unique<fk::AsioVm>(next.context);
    vm->bind("loading", [] {});
    fk::Options options{.script = FK_TEST_LOADING};
    options.flags = FK_OPEN_NO_TEMPLATE; // whose thread opens files, too
    options.output = [&next](fk_level, std::string_view) { next.look(); };
    options.finalize = [&next] {
        if (next.fd >= 0) next.move_in();
    };
    vm->open(options);
    next.fd = fk_vm_fd(vm->get());
    if (next.fd < 0) return;
    next.context.poll(); // it is watched now
    end(vm, next);
    next.expect_unharmed();
    vm.reset();
    assert_true(fcntl(next.fd, F_GETFD) >= 0);
}

void the_descriptor_at_close(void **) {
    let_go_of_the_descriptor([](Owner &vm, Successor &) { assert_int_equal(vm->close(), FK_OK); });
}

void the_descriptor_at_the_end(void **) {
    let_go_of_the_descriptor([](Owner &vm, Successor &) { vm.reset(); });
}

void the_descriptor_at_a_new_open(void **) {
    let_go_of_the_descriptor([](Owner &vm, Successor &) { vm->open(script()); });
}

void the_descriptor_of_a_dead_vm(void **) {
    let_go_of_the_descriptor([](Owner &vm, Successor &next) {
        kill_child(*vm);
        assert_int_equal(failure([&] { vm->call("same", 1); }).status(), FK_VM_DIED);
        next.look();
        vm->close();
    });
}

void closed_and_destroyed_in_a_job(void **) {
    asio::io_context context;
    auto vm = std::make_unique<fk::AsioVm>(context);
    vm->open(script());
    vm->post([&] { assert_int_equal(vm->close(), FK_OK); });
    run_until(context, [&] { return !vm->is_open(); });
    vm->open(script());
    vm->post([&] { vm.reset(); });
    run_until(context, [&] { return !vm; });
    run_out(context);
}

void closed_opened_and_destroyed_on_death(void **) {
    asio::io_context context;
    auto vm = std::make_unique<fk::AsioVm>(context);
    std::string order;
    vm->on_death([&](const fk::Error &) {
        if (order.empty()) {
            vm->on_death([&](const fk::Error &) {
                vm.reset();
                order += "destroyed ";
            });
            vm->open(script());
            order += "opened ";
        }
    });
    vm->open(script());
    if (!is_child(*vm)) return;
    kill_child(*vm);
    run_until(context, [&] { return order == "opened "; });
    assert_int_equal(vm->call<int>("same", 4), 4);
    kill_child(*vm);
    run_until(context, [&] { return order == "opened destroyed "; });
    run_out(context);
}

// There the fk_vm cannot be closed: it is once the call has returned, even if its caller is a job.
void destroyed_in_a_host_method(void **) {
    enum { Called, CalledByAJob, Notified };
    for (const int how : {Called, CalledByAJob, Notified}) {
        asio::io_context context;
        auto vm = std::make_unique<fk::AsioVm>(context);
        bool finalized = false, early = false, late = false, dropped = true;
        vm->bind("end", [&] {
            vm->post([&] { dropped = false; });
            vm.reset();
            early = finalized;
            return 5;
        });
        fk::Options options = script();
        options.finalize = [&] { finalized = true; };
        vm->open(options);
        const auto call = [&] {
            assert_int_equal(vm->call<int>("forward", "end"), 5);
            late = !finalized;
        };
        if (how == Called) call();
        if (how == CalledByAJob) vm->post(call);
        if (how == Notified) vm->notify("tell", "end"); // of a child: the loop's poll runs it
        run_until(context, [&] { return finalized; });
        assert_true(vm == nullptr);
        assert_false(early || late);
        run_out(context);
        assert_true(dropped);
    }
}

void destroyed_while_it_loads_or_closes(void **) {
    for (const bool loads : {true, false}) {
        asio::io_context context;
        auto vm = std::make_unique<fk::AsioVm>(context);
        int finalized = 0;
        vm->bind("loading", [&] {
            if (loads) vm.reset();
        });
        vm->open({.script = FK_TEST_LOADING,
                  .output = [&](auto, auto) { vm.reset(); },
                  .finalize = [&] { finalized++; }});
        if (vm) vm->close();
        assert_true(vm == nullptr);
        assert_int_equal(finalized, 1);
        run_out(context);
    }
}

void neither_closed_nor_opened_in_a_host_method(void **) {
    asio::io_context context;
    fk::AsioVm vm(context);
    int tried = 0;
    const auto attempt = [&] {
        assert_int_equal(vm.close(), FK_BUSY);
        expect_text(failure([&] { vm.open(script()); }).what(), "post()");
        tried++;
    };
    vm.bind("attempt", attempt);
    fk::Options options = script();
    options.output = [&](fk_level, std::string_view) { attempt(); };
    vm.open(options);
    vm.call("say", "x");
    vm.call("forward", "attempt");
    assert_int_equal(tried, 2);
    vm.notify("tell", "attempt"); // it is watched as before
    run_until(context, [&] { return tried == 3; });
}

void a_new_vm_has_no_jobs_of_the_old_one(void **) {
    asio::io_context context;
    fk::AsioVm vm(context);
    int told = 0;
    std::string order;
    vm.on_death([&](const fk::Error &) { told++; });
    vm.post([&] { order += "unopened "; });
    vm.open(script());
    vm.post([&] { order += "first "; });
    if (is_child(vm)) {
        kill_child(vm);
        assert_int_equal(failure([&] { vm.call("same", 1); }).status(), FK_VM_DIED);
    }
    vm.open(script());
    vm.post([&] { order += "second "; });
    run_until(context, [&] { return !order.empty(); });
    assert_string_equal(order.c_str(), "second ");
    assert_int_equal(told, 0);
    vm.post([&] { order += "closed "; });
    vm.close();
    context.poll();
    vm.post([&] { order += "shut "; });
    assert_int_equal(failure([&] { vm.open({.script = "no such script.lua"}); }).status(),
                     FK_OPEN_FAILED);
    run_out(context);
    assert_string_equal(order.c_str(), "second ");
}

void a_queue_that_outlives_the_vm(void **) {
    const auto kept = std::make_shared<int>(0);
    for (const bool runs : {true, false}) {
        asio::io_context context;
        {
            fk::AsioVm vm(context);
            vm.open(script());
            context.poll();
            for (int i = 0; i < 10; i++) vm.post([kept] { ++*kept; });
            if (is_child(vm)) kill_child(vm); // its descriptor is ready
            if (runs) context.poll_one();
        }
        if (runs) run_out(context);
    }
    assert_int_equal(kept.use_count(), 1);
    assert_in_range(*kept, 0, 1);
}

// Both times have passed when the loop looks: the VM's is in the queue while the VM is closed.
void a_look_that_comes_too_late(void **) {
    asio::io_context context;
    asio::steady_timer sooner(context, std::chrono::milliseconds(1));
    fk::AsioVm vm(context);
    vm.open(script());
    sooner.async_wait([&](auto) { vm.close(); });
    const auto later = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
    std::this_thread::sleep_until(later);
    run_until(context, [&] { return !vm.is_open(); });
    run_out(context);
}

void jobs_of_loading_run_once_it_is_open(void **) {
    asio::io_context context;
    fk::AsioVm vm(context);
    int answer = 0;
    fk::Options options = script();
    options.script = FK_TEST_LOADING;
    vm.bind("loading", [&] { vm.post([&] { answer = vm.call<int>("loaded"); }); });
    vm.open(options);
    run_until(context, [&] { return answer == 3; });
}

static_assert(!std::is_copy_constructible_v<fk::AsioVm> &&
              !std::is_move_constructible_v<fk::AsioVm> && !std::is_copy_assignable_v<fk::AsioVm> &&
              !std::is_move_assignable_v<fk::AsioVm>);

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(the_descriptor_at_close),
                                cmocka_unit_test(the_descriptor_at_the_end),
                                cmocka_unit_test(the_descriptor_at_a_new_open),
                                cmocka_unit_test(the_descriptor_of_a_dead_vm),
                                cmocka_unit_test(closed_and_destroyed_in_a_job),
                                cmocka_unit_test(closed_opened_and_destroyed_on_death),
                                cmocka_unit_test(destroyed_in_a_host_method),
                                cmocka_unit_test(destroyed_while_it_loads_or_closes),
                                cmocka_unit_test(neither_closed_nor_opened_in_a_host_method),
                                cmocka_unit_test(a_new_vm_has_no_jobs_of_the_old_one),
                                cmocka_unit_test(a_queue_that_outlives_the_vm),
                                cmocka_unit_test(a_look_that_comes_too_late),
                                cmocka_unit_test(jobs_of_loading_run_once_it_is_open)};
    return cmocka_run_group_tests_name("asio-life", tests, nullptr, nullptr);
}
