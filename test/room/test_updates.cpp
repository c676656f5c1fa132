// SPDX-License-Identifier: MIT
// Updates without downtime.
#include "city.hpp"

namespace {

// Of the room's VM.
std::string version_of(const Seat &seat) {
    Mailbox<std::string> answer;
    const fk_value items[] = {FK_INT(seat.room)};
    const fk_value list = FK_ARRAY(items);
    fk_value *params = nullptr;
    fk_value_copy(&list, &params);
    seat.thread->call("Version", fk::Value(params),
                      [&](fk::Value value, const std::string &problem) {
                          answer.put(value ? std::string(value->string, value->size) : problem);
                      });
    return answer.take("the version");
}

void a_reload_loses_no_room(void **) {
    const Package package;
    City city(package);
    RoomThreadPool pool(city.take());
    std::vector<Seat> old;
    for (int i = 0; i < 20; i++) old.emplace_back(pool);
    package.write("2");
    assert_string_equal(problem_of([&](Done done) { pool.reload(done); }).c_str(), "");
    Seat young(pool);
    assert_true(young.thread != old[0].thread);
    assert_string_equal(version_of(young).c_str(), "2");
    assert_string_equal(version_of(old[0]).c_str(), "1");
    assert_int_equal(old[0].thread->state(), ThreadState::Draining);
    for (Seat &seat : old) seat.plays();
    for (Seat &seat : old) {
        seat.finish();
        assert_int_equal(seat.client->ends.take("the end").how, Ending::Over);
    }
    old[0].thread->wait();
    assert_int_equal(old[0].thread->state(), ThreadState::Closed);
    eventually("the old thread is gone", [&] { return pool.info().threads.size() == 1; });
    young.plays();
    const PoolInfo info = pool.info();
    assert_int_equal(info.version, 2);
    assert_int_equal(info.reloads, 1);
    assert_int_equal(info.rooms_lost, 0);
    assert_int_equal(info.rooms_ended, 20);
}

void a_reload_that_fails_changes_nothing(void **) {
    const Package package;
    City city(package);
    RoomThreadPool pool(city.take());
    Seat seat(pool);
    if (city.options.rooms_per_vm > 0) // those that will be opened have the script of then
        eventually("VMs ahead",
                   [&] { return pool.info().threads[0].spares == city.options.spares; });
    package.spoil();
    expect_part(problem_of([&](Done done) { pool.reload(done); }), "main.lua");
    assert_int_equal(pool.info().version, 1);
    assert_int_equal(pool.info().deaths, 0);
    expect_part(pool.info().problem, "main.lua");
    seat.plays();
    Seat(pool).plays();
    package.write("3");
    assert_string_equal(problem_of([&](Done done) { pool.reload(done); }).c_str(), "");
    assert_string_equal(version_of(Seat(pool)).c_str(), "3");
    assert_string_equal(pool.info().problem.c_str(), "");
}

void reloads_at_once_are_each_answered(void **) {
    const Package package;
    City city(package);
    RoomThreadPool pool(city.take());
    Mailbox<std::string> answers;
    for (int i = 0; i < 10; i++)
        pool.reload([&](const std::string &problem) { answers.put(problem); });
    for (int i = 0; i < 10; i++) assert_string_equal(answers.take("an answer").c_str(), "");
    assert_int_equal(pool.info().reloads, 2); // the first, and one for all that came meanwhile
}

void changed_files_reload(void **) {
    const Package package;
    City city(package);
    city.pool_options.watch_interval = 10;
    RoomThreadPool pool(city.take());
    Seat old(pool);
    package.write("a new version");
    eventually("a reload", [&] { return pool.info().reloads == 1; });
    assert_string_equal(version_of(Seat(pool)).c_str(), "a new version");
    old.plays();
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_reload_loses_no_room),
        cmocka_unit_test(a_reload_that_fails_changes_nothing),
        cmocka_unit_test(reloads_at_once_are_each_answered),
        cmocka_unit_test(changed_files_reload),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
