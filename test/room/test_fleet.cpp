// SPDX-License-Identifier: MIT
// Rooms with VMs of their own: when VMs open and close, and how many there may be.
#include "fleet.hpp"

#include <csignal>
#include <set>

namespace {

void each_room_has_a_vm(void **) {
    constexpr int many = 30;
    Estate estate;
    RoomThread thread(estate.options);
    std::vector<Home> homes;
    homes.reserve(many);
    for (int i = 0; i < many; i++) homes.emplace_back(thread);
    std::set<int> vms;
    for (Home &home : homes) {
        home.plays();
        vms.insert(home.vm().id);
    }
    assert_int_equal(vms.size(), many);
    Mailbox<std::vector<int>> lists; // a VM knows of no other room
    fk_value items[] = {FK_INT(homes[3].room)};
    const fk_value list = FK_ARRAY(items);
    fk_value *params = nullptr;
    fk_value_copy(&list, &params);
    thread.call("RoomList", fk::Value(params), [&](fk::Value rooms, const std::string &) {
        std::vector<int> numbers;
        if (rooms) fk::fits(*rooms, numbers);
        lists.put(numbers);
    });
    assert_true(lists.take("the rooms") == std::vector<int>{homes[3].room});
    for (Home &home : homes) home.finish();
    eventually("their VMs are gone", [&] { return thread.info().vms.size() == 1; });
    assert_int_equal(thread.info().rooms_ended, many);
    assert_int_equal(thread.info().vms_died, 0);
}

void vms_are_open_ahead(void **) {
    Estate estate;
    estate.options.spares = 3;
    RoomThread thread(estate.options);
    const auto has_spares = [&] { return thread.info().spares == 3; };
    eventually("three spares", has_spares);
    const uint64_t opened = thread.info().vms_opened;
    Home home(thread);
    home.plays();
    eventually("three spares again", has_spares);
    assert_int_equal(thread.info().vms_opened, opened + 1);
    const int used = home.vm().id;
    home.finish();
    eventually("it is closed, not used again", [&] { return thread.info().vms.size() == 3; });
    for (const VmInfo &vm : thread.info().vms) assert_int_not_equal(vm.id, used);
    thread.drain();
    thread.wait();
    assert_int_equal(thread.state(), ThreadState::Closed);
}

void a_spare_that_dies_is_replaced(void **) {
    if (!on_process()) skip();
    Estate estate;
    RoomThread thread(estate.options);
    eventually("a spare", [&] { return thread.info().spares == 1; });
    ::kill(static_cast<pid_t>(thread.info().vms[0].vm.numbers.pid), SIGKILL);
    eventually("it is gone", [&] { return thread.info().vms_died == 1; });
    eventually("another one", [&] { return thread.info().spares == 1; });
    Home(thread).plays();
}

void a_few_rooms_may_share(void **) {
    Estate estate;
    estate.options.rooms_per_vm = 3;
    RoomThread thread(estate.options);
    std::vector<Home> homes;
    homes.reserve(7);
    for (int i = 0; i < 7; i++) homes.emplace_back(thread).plays();
    std::multiset<size_t> sizes;
    for (const VmInfo &vm : thread.info().vms)
        if (!vm.rooms.empty()) sizes.insert(vm.rooms.size());
    assert_true((sizes == std::multiset<size_t>{1, 3, 3}));
    thread.kill_vm_of(homes[0].room, "killed by the test");
    for (int i = 0; i < 3; i++) homes[static_cast<size_t>(i)].lost();
    for (size_t i = 3; i < 7; i++) homes[i].plays();
    for (size_t i = 3; i < 7; i++) homes[i].finish();
}

void one_vm_is_interrupted_or_killed(void **) {
    Estate estate;
    Mailbox<VmDeath> deaths;
    estate.options.vm_died = [&](const VmDeath &death) { deaths.put(death); };
    RoomThread thread(estate.options);
    Home guilty(thread), other(thread);
    guilty.plays();
    other.plays();
    guilty.ask("hang");
    guilty.client->await("Request", "1 hang");
    assert_true(thread.interrupt_vm(guilty.vm().id));
    estate.expect_line("interrupt");
    guilty.plays(); // as after any failure
    assert_true(deaths.empty());
    const int vm = guilty.vm().id;
    assert_true(thread.kill_vm(vm, "enough"));
    guilty.lost();
    const VmDeath death = deaths.take("the death");
    assert_int_equal(death.vm, vm);
    assert_int_equal(death.thread, thread.id());
    assert_true(death.rooms == std::vector<int>{guilty.room});
    assert_int_equal(death.death, FK_DEATH_NONE);
    assert_string_equal(death.cause.c_str(), "enough");
    other.plays();
    assert_false(thread.kill_vm(vm, "again"));
    assert_false(thread.interrupt_vm(vm));
    if (!on_process()) return;
    ::kill(static_cast<pid_t>(other.vm().vm.numbers.pid), SIGKILL);
    other.lost();
    assert_int_equal(deaths.take("another death").death, FK_DEATH_SIGNAL);
}

void use_budget(Estate &estate, int vms) {
    constexpr uint64_t each = 10 << 20;
    estate.options.spares = 0;
    estate.options.budget = share_memory(static_cast<uint64_t>(vms) * each, each);
}

void a_room_waits_for_memory(void **) {
    Estate estate;
    use_budget(estate, 2);
    estate.options.waiting_rooms = 1;
    estate.options.room_wait = 60'000;
    RoomThread thread(estate.options);
    Home first(thread), second(thread);
    first.plays();
    second.plays();
    Home third(thread);
    const std::string why = refused(thread);
    expect_part(why, "the memory budget of 21 MB is used up: 2 VMs hold 21 MB");
    expect_part(why, "a new one may need 10 MB");
    expect_part(why, "raise the budget");
    assert_true(third.client->messages.empty());
    assert_int_equal(thread.info().waiting, 1);
    thread.set_player_state(third.room, 1, PlayerState::Offline); // waits with it
    first.finish();
    eventually("it has begun", [&] { return thread.info().waiting == 0; });
    thread.wake_up(third.room, "finish");
    assert_int_equal(estate.expect_end(third.room).players[0].state, PlayerState::Offline);
}

void no_room_waits_for_ever(void **) {
    Estate estate;
    use_budget(estate, 1);
    estate.options.room_wait = 1;
    RoomThread thread(estate.options);
    Home first(thread);
    first.plays();
    Home second(thread);
    Mailbox<std::string> asked;
    thread.wake_up(second.room, "", [&](const std::string &problem) { asked.put(problem); });
    const Client::End end = second.client->ends.take("the end");
    assert_int_equal(end.how, Ending::Closed);
    assert_string_equal(end.reason.c_str(), "The server is full, try again later.");
    expect_part(asked.take("an answer for who asked something of it"), "there is no room");
    expect_part(estate.expect_end(second.room).cause, "the memory budget of 10 MB is used up");
    Home third(thread);
    thread.wake_up(third.room, "", [&](const std::string &problem) { asked.put(problem); });
    thread.close_room(third.room, "The admin says so.");
    third.client->ends.take("the end");
    expect_part(asked.take("an answer for who asked something of it"), "there is no room");
    first.plays();
}

void no_room_need_wait(void **) {
    Estate estate;
    use_budget(estate, 1);
    estate.options.room_wait = 0;
    RoomThread thread(estate.options);
    Home first(thread);
    first.plays();
    expect_part(refused(thread), "the memory budget");
    first.finish();
    eventually("there is room again", [&] { return refused(thread).empty(); });
}

void threads_share_a_budget(void **) {
    Estate estate;
    use_budget(estate, 2);
    estate.options.room_wait = 0;
    RoomThread one(estate.options), other(estate.options);
    Home first(one), second(other);
    first.plays();
    second.plays();
    expect_part(refused(one), "2 VMs hold");
    expect_part(refused(other), "2 VMs hold");
    assert_int_equal(info_of(*estate.options.budget).vms, 2);
}

// A script that no longer loads: what is open goes on, and the pool tries again as after a death.
void a_script_that_no_longer_loads(void **) {
    const Package package;
    City city(package);
    city.options.rooms_per_vm = 1;
    city.options.spares = 1;
    city.pool_options.burst_limit = 3;
    RoomThreadPool pool(city.take());
    eventually("a spare", [&] { return pool.info().threads[0].spares == 1; });
    package.spoil();
    Seat seat(pool);
    eventually("it gives up", [&] { return pool.info().state == PoolState::GivenUp; });
    expect_part(refusal(pool), "main.lua");
    seat.plays();
    package.write("2");
    assert_string_equal(problem_of([&](Done done) { pool.reload(done); }).c_str(), "");
    Seat(pool).plays();
    seat.plays();
    seat.finish();
    eventually("the old thread is gone", [&] { return pool.info().threads.size() == 1; });
}

void closing_waits_for_no_script(void **) {
    Estate estate;
    RoomThread thread(estate.options);
    std::vector<Home> homes;
    homes.reserve(5);
    for (int i = 0; i < 5; i++) homes.emplace_back(thread).client->expect("Hello");
    if (on_process()) homes[0].ask("spin");
    thread.close("The server closes.");
    thread.wait();
    for (Home &home : homes)
        assert_int_equal(home.client->ends.take("the end").how, Ending::Closed);
    assert_int_equal(thread.state(), ThreadState::Closed);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(each_room_has_a_vm),
        cmocka_unit_test(vms_are_open_ahead),
        cmocka_unit_test(a_spare_that_dies_is_replaced),
        cmocka_unit_test(a_few_rooms_may_share),
        cmocka_unit_test(one_vm_is_interrupted_or_killed),
        cmocka_unit_test(a_room_waits_for_memory),
        cmocka_unit_test(no_room_waits_for_ever),
        cmocka_unit_test(no_room_need_wait),
        cmocka_unit_test(threads_share_a_budget),
        cmocka_unit_test(a_script_that_no_longer_loads),
        cmocka_unit_test(closing_waits_for_no_script),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
