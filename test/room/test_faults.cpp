// SPDX-License-Identifier: MIT
// Rooms with VMs of their own: what a script's fault costs, and what it does not.
#include "fleet.hpp"

#include <csignal>

namespace {

constexpr int others = 6, steps = 20;

// A room with a fault among others, which go on. cause: what its person hears, in part.
void costs_one_room(Estate &estate, const std::string &fault, const std::string &reason) {
    RoomThread thread(estate.options);
    std::vector<Home> homes;
    homes.reserve(others);
    for (int i = 0; i < others; i++) homes.emplace_back(thread).client->expect("Hello");
    Home guilty(thread);
    guilty.client->expect("Hello");
    guilty.ask(fault);
    for (Home &home : homes) home.plays(steps);
    expect_part(guilty.lost().reason, reason);
    assert_int_equal(estate.expect_end(guilty.room).how, Ending::ServerError);
    for (Home &home : homes) home.plays(steps);
    Home(thread).plays(); // and there are VMs for new rooms
    for (Home &home : homes) home.finish();
    assert_int_equal(thread.info().rooms_lost, 1);
    assert_int_equal(thread.state(), ThreadState::Running);
}

void an_endless_loop(void **) {
    Estate estate;
    estate.options.vm.call_timeout = 300;
    costs_one_room(estate, "spin", "reached its limit of 300 ms (call_timeout)");
}

void a_memory_bomb(void **) {
    Estate estate;
    estate.options.vm.memory_limit = 32 << 20;
    costs_one_room(estate, "eat", "memory");
}

void a_flood_of_output(void **) {
    Estate estate;
    estate.options.vm.max_output = 1 << 18;
    costs_one_room(estate, "flood", "it printed more than 262144 bytes in one turn (max_output)");
}

void an_error(void **) {
    Estate estate;
    RoomThread thread(estate.options);
    Home guilty(thread), other(thread);
    guilty.ask("raise");
    guilty.ask("delay,0");
    expect_part(guilty.lost().reason, "asked to fail when resumed");
    expect_part(estate.expect_line("asked to fail when resumed").text, "traceback");
    other.plays();
}

// By order of events: the others end their games while the loop goes on.
void a_loop_delays_nobody(void **) {
    if (!on_process()) skip();
    Estate estate;
    RoomThread thread(estate.options);
    std::vector<Home> homes;
    homes.reserve(others);
    for (int i = 0; i < others; i++) homes.emplace_back(thread).client->expect("Hello");
    Home guilty(thread);
    guilty.ask("hang"); // it asks the server something, then it loops
    guilty.client->await("Request", "1 hang");
    for (Home &home : homes) {
        home.plays(steps);
        home.finish();
    }
    Home young(thread);
    young.plays(steps);
    assert_true(guilty.client->ends.empty());
    thread.kill_vm_of(guilty.room, "enough");
    guilty.lost();
    expect_part(estate.expect_end(guilty.room).cause, "enough");
    young.plays();
}

void a_killed_child(void **) {
    Estate estate;
    RoomThread thread(estate.options);
    Home guilty(thread), other(thread), third(thread);
    for (Home *home : {&guilty, &other, &third}) home->plays();
    const int64_t pid = guilty.vm().vm.numbers.pid;
    if (pid)
        ::kill(static_cast<pid_t>(pid), SIGKILL);
    else
        thread.kill_vm_of(guilty.room, "killed by the test");
    assert_string_equal(guilty.lost().reason.c_str(),
                        "Server error: this game was lost. All other games play on.");
    expect_part(estate.expect_end(guilty.room).cause, "kill");
    other.plays(steps);
    third.finish();
    eventually("it is counted", [&] { return thread.info().vms_died == 1; });
}

// Nobody but the thread notices one that does not run at all.
void a_child_that_is_stopped(void **) {
    if (!on_process()) skip();
    Estate estate;
    estate.options.vm.call_timeout = 100;
    RoomThread thread(estate.options);
    Home guilty(thread), other(thread);
    guilty.plays();
    other.plays();
    ::kill(static_cast<pid_t>(guilty.vm().vm.numbers.pid), SIGSTOP);
    guilty.ask("states");
    other.plays(steps);
    guilty.lost();
    expect_part(estate.expect_end(guilty.room).cause, "has not answered 'HandleRequest'");
    other.plays();
}

// What is asked of a VM that is busy waits, and not without end.
void too_much_for_a_busy_vm(void **) {
    if (!on_process()) skip();
    Estate estate;
    RoomThread thread(estate.options);
    Home guilty(thread), other(thread);
    guilty.ask("hang");
    guilty.client->await("Request", "1 hang");
    Mailbox<std::string> answers;
    constexpr int many = 1001;
    for (int i = 0; i < many; i++)
        thread.push_request(guilty.room, 1, "states",
                            [&](const std::string &problem) { answers.put(problem); });
    expect_part(answers.take("a refusal"), "too much waits");
    other.plays();
    thread.kill_vm_of(guilty.room, "enough");
    for (int i = 1; i < many; i++) expect_part(answers.take("an answer"), "there is no room");
}

// Faults of rooms are no reason to give up.
void a_pool_does_not_give_up(void **) {
    const Package package;
    City city(package);
    city.options.rooms_per_vm = 1;
    city.pool_options.burst_limit = 2;
    RoomThreadPool pool(city.take());
    for (int i = 0; i < 4; i++) {
        Seat seat(pool);
        seat.plays();
        seat.thread->kill_vm_of(seat.room, "killed by the test");
        assert_int_equal(seat.client->ends.take("the end").how, Ending::ServerError);
    }
    assert_int_equal(pool.info().state, PoolState::Running);
    assert_int_equal(pool.info().deaths, 0);
    Seat(pool).plays();
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_endless_loop),         cmocka_unit_test(a_memory_bomb),
        cmocka_unit_test(a_flood_of_output),       cmocka_unit_test(an_error),
        cmocka_unit_test(a_loop_delays_nobody),    cmocka_unit_test(a_killed_child),
        cmocka_unit_test(a_child_that_is_stopped), cmocka_unit_test(too_much_for_a_busy_vm),
        cmocka_unit_test(a_pool_does_not_give_up),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
