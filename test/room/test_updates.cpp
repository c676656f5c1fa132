// SPDX-License-Identifier: MIT
// Updates without downtime.
#include "city.hpp"

namespace {

std::string version_of(RoomThread &thread) {
    Mailbox<std::string> answer;
    thread.call("Version", nullptr, [&](fk::Value value, const std::string &problem) {
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
    assert_string_equal(version_of(*young.thread).c_str(), "2");
    assert_string_equal(version_of(*old[0].thread).c_str(), "1");
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
    package.spoil();
    expect_part(problem_of([&](Done done) { pool.reload(done); }), "main.lua");
    assert_int_equal(pool.info().version, 1);
    assert_int_equal(pool.info().deaths, 0);
    expect_part(pool.info().problem, "main.lua");
    seat.plays();
    Seat(pool).plays();
    package.write("3");
    assert_string_equal(problem_of([&](Done done) { pool.reload(done); }).c_str(), "");
    assert_string_equal(version_of(*Seat(pool).thread).c_str(), "3");
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
    assert_string_equal(version_of(*Seat(pool).thread).c_str(), "a new version");
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
