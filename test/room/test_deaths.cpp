// SPDX-License-Identifier: MIT
// VMs that die: what it costs, what takes their place, giving up.
#include "city.hpp"

namespace {

// As if it had crashed; embedded, where there is no child, as an admin does.
void murder(RoomThread &thread) {
    const int64_t child = thread.info().vm.numbers.pid;
    if (child > 0)
        ::kill(static_cast<pid_t>(child), SIGKILL);
    else
        thread.kill("killed by the test");
}

void a_dead_vm_costs_its_rooms_only(void **) {
    const Package package;
    City city(package);
    city.pool_options.threads = 2;
    RoomThreadPool pool(city.take());
    eventually("two threads", [&] { return pool.info().threads.size() == 2; });
    std::vector<Seat> seats;
    for (int i = 0; i < 20; i++) seats.emplace_back(pool);
    const auto victim = seats[0].thread;
    int lost = 0;
    for (const Seat &seat : seats) lost += seat.thread == victim;
    assert_int_equal(lost, 10);
    murder(*victim);
    for (Seat &seat : seats) {
        if (seat.thread != victim) {
            seat.plays();
            continue;
        }
        const Client::End end = seat.client->ends.take("the end");
        assert_int_equal(end.how, Ending::ServerError);
        assert_string_equal(end.reason.c_str(),
                            "Server error: this game was lost. All other games play on.");
        expect_part(city.expect_end(seat.room).cause, "kill");
        assert_true(seat.client->ends.empty());
    }
    victim->wait();
    assert_int_equal(victim->state(), ThreadState::Dead);
    expect_part(victim->error()->what(), "kill");
    eventually("a successor", [&] {
        const PoolInfo info = pool.info();
        return info.threads.size() == 2 && info.threads[1].state == ThreadState::Running;
    });
    for (int i = 0; i < 10; i++) seats.emplace_back(pool).plays();
    assert_int_equal(pool.info().rooms_lost, 10);
    assert_int_equal(pool.info().deaths, 1);
    // What is asked of the dead is answered, too.
    expect_part(problem_of([&](Done d) { victim->wake_up(seats[0].room, "x", d); }), "has ended");
    assert_int_equal(victim->add_room({}).id, 0);
    assert_int_equal(victim->info().rooms_lost, 10);
}

void the_one_vm_is_killed_by_its_number(void **) {
    const Package package;
    City city(package);
    Mailbox<VmDeath> deaths;
    city.options.vm_died = [&](const VmDeath &death) { deaths.put(death); };
    RoomThreadPool pool(city.take());
    Seat one(pool), other(pool);
    one.plays();
    const int vm = one.thread->info().vms[0].id;
    assert_false(one.thread->kill_vm(vm + 1000, "not that one"));
    assert_true(one.thread->kill_vm(vm, "enough"));
    const VmDeath death = deaths.take("the death");
    assert_int_equal(death.vm, vm);
    assert_true((death.rooms == std::vector<int>{one.room, other.room}));
    expect_part(city.expect_end(other.room).cause, "enough");
    one.thread->wait();
    assert_false(one.thread->interrupt_vm(vm));
    assert_true(deaths.empty());
}

// A thread looks at its VM once a second, too: right after its start only the VM's descriptor can
// tell it.
void a_death_between_two_calls_is_noticed_at_once(void **) {
    using namespace std::chrono;
    auto fastest = duration<double>(LIMIT);
    for (int round = 0; round < 3; round++) {
        const Package package;
        City city(package);
        RoomThreadPool pool(city.take());
        Seat seat(pool);
        const auto idle = [&](Done done) {
            seat.thread->wake_up(seat.room, "the last call", done);
        };
        assert_string_equal(problem_of(idle).c_str(), "");
        const auto begin = steady_clock::now();
        murder(*seat.thread);
        assert_int_equal(seat.client->ends.take("the end").how, Ending::ServerError);
        fastest = std::min<duration<double>>(fastest, steady_clock::now() - begin);
    }
    assert_true(fastest < milliseconds(500));
}

void a_vm_may_die_in_the_middle_of_a_call(void **) {
    const Package package;
    City city(package);
    RoomThreadPool pool(city.take());
    Seat seat(pool);
    seat.thread->push_request(seat.room, 1, "hang");
    seat.client->await("Request", "1 hang");
    murder(*seat.thread);
    assert_int_equal(seat.client->ends.take("the end").how, Ending::ServerError);
    eventually("a successor", [&] { return pool.info().state == PoolState::Running; });
    Seat(pool).plays();
}

void a_burst_of_deaths_ends_in_a_clear_state(void **) {
    const Package package;
    City city(package);
    city.pool_options.burst_limit = 3;
    RoomThreadPool pool(city.take());
    for (int death = 1; death <= 3; death++) {
        Seat seat(pool);
        murder(*seat.thread);
        seat.client->ends.take("the end");
        eventually("the next state", [&] {
            const PoolInfo info = pool.info();
            return info.deaths == static_cast<uint64_t>(death) &&
                   info.state != PoolState::Restarting;
        });
    }
    assert_int_equal(pool.info().state, PoolState::GivenUp);
    assert_int_equal(pool.info().threads.size(), 0);
    expect_part(pool.info().problem, "kill");
    expect_part(refusal(pool), "given up after 3 deaths");
    city.expect_line("no more are started until a reload");
    assert_string_equal(problem_of([&](Done done) { pool.reload(done); }).c_str(), "");
    assert_int_equal(pool.info().state, PoolState::Running);
    Seat(pool).plays();
}

void restarts_back_off(void **) {
    const Package package;
    City city(package);
    city.pool_options.first_backoff = 100'000;
    city.pool_options.max_backoff = 200'000;
    RoomThreadPool pool(city.take());
    Seat seat(pool);
    murder(*seat.thread);
    city.expect_line("starts in 100000 ms");
    assert_int_equal(pool.info().state, PoolState::Restarting);
    expect_part(refusal(pool), "try again in a moment");
}

void a_script_that_no_longer_loads_ends_in_giving_up(void **) {
    const Package package;
    City city(package);
    city.pool_options.burst_limit = 3;
    RoomThreadPool pool(city.take());
    Seat seat(pool);
    package.spoil();
    murder(*seat.thread);
    eventually("it gives up", [&] { return pool.info().state == PoolState::GivenUp; });
    expect_part(pool.info().problem, "main.lua");
    assert_int_equal(pool.info().deaths, 3);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_dead_vm_costs_its_rooms_only),
        cmocka_unit_test(the_one_vm_is_killed_by_its_number),
        cmocka_unit_test(a_death_between_two_calls_is_noticed_at_once),
        cmocka_unit_test(a_vm_may_die_in_the_middle_of_a_call),
        cmocka_unit_test(a_burst_of_deaths_ends_in_a_clear_state),
        cmocka_unit_test(restarts_back_off),
        cmocka_unit_test(a_script_that_no_longer_loads_ends_in_giving_up),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
