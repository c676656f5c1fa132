// SPDX-License-Identifier: MIT
// The pool: its first VM, balance, ids, the end.
#include "city.hpp"

#include <set>

namespace {

void what_cannot_open_is_said_at_once(void **) {
    const Package package;
    City city(package);
    package.spoil();
    std::string problem;
    try {
        RoomThreadPool pool(city.take());
    } catch (const fk::Error &error) {
        assert_int_equal(error.status(), FK_OPEN_FAILED);
        problem = error.what();
    }
    expect_part(problem, "main.lua");
    city.options.vm.directory = "/no/such/folder";
    try {
        RoomThreadPool pool(city.take());
    } catch (const fk::Error &error) {
        problem = error.what();
    }
    expect_part(problem, "/no/such/folder");
}

void rooms_are_balanced(void **) {
    const Package package;
    City city(package);
    city.pool_options.threads = 2;
    city.options.capacity = 2;
    city.pool_options.max_threads = 3;
    RoomThreadPool pool(city.take());
    eventually("two threads", [&] { return pool.info().threads.size() == 2; });
    std::vector<Seat> seats;
    std::set<int> threads;
    for (int i = 0; i < 4; i++) threads.insert(seats.emplace_back(pool).thread->id());
    assert_int_equal(threads.size(), 2);
    for (const ThreadInfo &thread : pool.info().threads) assert_int_equal(thread.rooms, 2);
    seats.emplace_back(pool); // a third thread
    seats.emplace_back(pool);
    assert_int_equal(pool.info().threads.size(), 3);
    expect_part(refusal(pool), "the server is full: 3 threads of 2");
    for (Seat &seat : seats) seat.client->expect("Hello");
    assert_int_equal(pool.rooms().size(), 6);
    for (Seat &seat : seats) seat.finish();
    eventually("the third closes", [&] { return pool.info().threads.size() == 2; });
    assert_int_equal(pool.info().rooms_ended, 6);
    assert_int_equal(pool.info().rooms_lost, 0);
}

void an_id_is_taken_once(void **) {
    const Package package;
    City city(package);
    city.pool_options.threads = 2;
    RoomThreadPool pool(city.take());
    RoomSpec spec;
    spec.id = 815;
    spec.players.push_back(player(1, std::make_shared<Client>()));
    assert_int_equal(pool.add_room(spec).id, 815);
    expect_part(pool.add_room(spec).problem, "a room 815 already");
    assert_non_null(pool.find(815).get());
    assert_null(pool.find(816).get());
    assert_null(pool.thread(-1).get());
}

void closing_the_pool_closes_all_rooms(void **) {
    const Package package;
    City city(package);
    const auto client = std::make_shared<Client>();
    std::shared_ptr<RoomThread> thread;
    {
        RoomThreadPool pool(city.take());
        const Seat seat(pool);
        thread = seat.thread;
        RoomSpec spec;
        spec.players.push_back(player(2, client));
        pool.add_room(std::move(spec));
    }
    const Client::End end = client->ends.take("the end");
    assert_int_equal(end.how, Ending::Closed);
    assert_string_equal(end.reason.c_str(), "The server closes.");
    assert_int_equal(thread->state(), ThreadState::Closed);
    assert_int_equal(client.use_count(), 1);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_open_is_said_at_once),
        cmocka_unit_test(rooms_are_balanced),
        cmocka_unit_test(an_id_is_taken_once),
        cmocka_unit_test(closing_the_pool_closes_all_rooms),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
