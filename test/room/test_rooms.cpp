// SPDX-License-Identifier: MIT
// How rooms begin, end and fail; sessions and references.
#include "support.hpp"

#include <cstdio>
#include <memory>
#include <unistd.h>

namespace {

std::string refused(RoomThread &thread, RoomSpec spec) {
    const Added added = thread.add_room(std::move(spec));
    assert_int_equal(added.id, 0);
    return added.problem;
}

RoomSpec simple(int id, std::shared_ptr<Client> client = std::make_shared<Client>()) {
    RoomSpec spec;
    spec.id = id;
    spec.players.push_back(player(1, std::move(client)));
    return spec;
}

void a_room_that_cannot_be_is_refused(void **) {
    House house;
    house.options.capacity = 2;
    RoomThread thread(house.options);
    expect_part(refused(thread, {}), "needs players");
    RoomSpec twice = simple(5);
    twice.players.push_back(twice.players[0]);
    expect_part(refused(thread, twice), "player 1 is there twice");
    expect_part(refused(thread, simple(-5)), "-5");
    assert_int_equal(thread.add_room(simple(5)).id, 5);
    expect_part(refused(thread, simple(5)), "a room 5 already");
    assert_true(thread.add_room(simple(0)).id > 0);
    assert_true(thread.is_full());
    expect_part(refused(thread, simple(6)), "is full: it holds 2");
}

void sessions_go_on_from_game_to_game(void **) {
    House house;
    RoomSpec spec;
    spec.id = 12;
    spec.session = 3;
    Table table(1, house, spec);
    table.ask("session,[1]");
    table.client(1).expect("Session", "3 {}");
    table.ask("session,[2]");
    table.client(1).expect("Session", "3 [1]");
    table.thread.wake_up(12, "finish");
    const RoomEnd end = house.expect_end(12);
    assert_int_equal(end.session, 3);
    assert_string_equal(end.session_data.c_str(), "[2]");
    assert_int_equal(end.thread, table.thread.id());
}

void references_keep_a_room_that_is_over(void **) {
    House house;
    Table table(1, house);
    table.ask("hold");
    table.ask("hold");
    table.ask("release");
    table.settle();
    assert_int_equal(table.thread.rooms()[0].references, 1);
    table.thread.wake_up(table.room, "finish"); // the script holds one still
    table.settle();
    assert_true(table.thread.has(table.room));
    // house.lua has forgotten the room, so another room of the same thread must release it.
    expect_part(problem_of([&](Done d) { table.thread.push_request(table.room, 1, "release", d); }),
                "refused the request \"release\"");
    const auto client = std::make_shared<Client>();
    table.thread.add_room(simple(31, client));
    table.thread.push_request(31, 1, "wrong,Room_decreaseRefCount," + std::to_string(table.room));
    assert_int_equal(house.expect_end(table.room).how, Ending::Over);
}

void the_last_reference_ends_the_room(void **) {
    House house;
    Table table(1, house);
    table.ask("hold");
    table.ask("release");
    assert_int_equal(house.expect_end(table.room).how, Ending::Over);
    assert_int_equal(table.client(1).ends.take("the end").how, Ending::Over);
}

// The rooms that the script has.
std::vector<int> rooms_of(RoomThread &thread) {
    Mailbox<std::vector<int>> list;
    thread.call("RoomList", nullptr, [&](fk::Value rooms, const std::string &problem) {
        assert_string_equal(problem.c_str(), "");
        std::vector<int> numbers;
        assert_true(fk::fits(*rooms, numbers));
        list.put(numbers);
    });
    return list.take("the list of rooms");
}

// Without a log records go to standard error; no line of one looks like another.
void records_stand_on_standard_error(void **) {
    const std::unique_ptr<FILE, int (*)(FILE *)> file(tmpfile(), fclose);
    const int kept = dup(STDERR_FILENO);
    dup2(fileno(file.get()), STDERR_FILENO);
    {
        House house;
        house.options.log = nullptr;
        Table table(1, house);
        table.ask("alarm");
        table.settle();
    }
    dup2(kept, STDERR_FILENO);
    close(kept);
    char text[1000] = "";
    rewind(file.get());
    text[fread(text, 1, sizeof text - 1, file.get())] = '\0';
    expect_part(text, ": one\n    error: thread 1: two\n");
}

void a_room_whose_script_fails_is_lost_alone(void **) {
    House house;
    Table table(1, house);
    const auto other = std::make_shared<Client>();
    assert_int_equal(table.thread.add_room(simple(77, other)).id, 77);
    assert_int_equal(0, problem_of([&](Done d) {
                            table.thread.push_request(77, 1, "fail", d);
                        }).find("the script failed"));
    assert_true(table.thread.has(77)); // a request that fails costs nothing but itself
    table.ask("raise");
    table.ask("delay,1");
    const LogLine line = house.expect_line("asked to fail when resumed");
    assert_int_equal(line.level, FK_LEVEL_CRITICAL);
    assert_int_equal(line.room, table.room);
    assert_int_equal(line.thread, table.thread.id());
    const Client::End end = table.client(1).ends.take("the end");
    assert_int_equal(end.how, Ending::ServerError);
    expect_part(end.reason, "The game was ended: ");
    expect_part(end.reason, "asked to fail when resumed");
    assert_int_equal(house.expect_end(table.room).how, Ending::ServerError);
    assert_true(rooms_of(table.thread) == std::vector<int>{77}); // the script has ended it, too
    table.thread.wake_up(77, "go on");
    other->await("Resumed", "go on");
    assert_int_equal(table.thread.info().rooms_lost, 1);
}

void a_request_that_never_ends_costs_its_room(void **) {
    House house;
    house.options.vm.call_timeout = 300;
    Table table(1, house);
    const auto other = std::make_shared<Client>();
    table.thread.add_room(simple(77, other));
    table.ask("spin");
    const Client::End end = table.client(1).ends.take("the end");
    assert_int_equal(end.how, Ending::ServerError);
    expect_part(end.reason, "reached its limit of 300 ms");
    assert_true(rooms_of(table.thread) == std::vector<int>{77});
    table.thread.wake_up(77, "go on");
    other->await("Resumed", "go on");
}

void a_room_that_does_not_begin_is_lost(void **) {
    House house;
    RoomThread thread(house.options);
    for (const char *settings : {"fail", "refuse"}) {
        const auto client = std::make_shared<Client>();
        RoomSpec spec = simple(0, client);
        spec.settings = settings;
        const int room = thread.add_room(spec).id;
        assert_int_equal(client->ends.take("the end").how, Ending::ServerError);
        assert_int_equal(house.expect_end(room).how, Ending::ServerError);
    }
}

void the_server_closes_a_room(void **) {
    House house;
    Table table(2, house);
    table.settle(); // it has begun
    assert_string_equal(problem_of([&](Done d) {
                            table.thread.close_room(table.room, "The admin says so.", d);
                        }).c_str(),
                        "");
    const Client::End end = table.client(2).ends.take("the end");
    assert_int_equal(end.how, Ending::Closed);
    assert_string_equal(end.reason.c_str(), "The admin says so.");
    table.client(1).await("Resumed", "abandon"); // the script knows too
    const RoomEnd told = house.expect_end(table.room);
    assert_int_equal(told.how, Ending::Closed);
    assert_int_equal(told.players[0].state, PlayerState::Online);
}

void idle_rooms_are_closed(void **) {
    House house;
    house.options.idle_limit = 1;
    Table table(1, house);
    const Client::End end = table.client(1).ends.take("the end");
    assert_int_equal(end.how, Ending::Closed);
    expect_part(end.reason, "1 second");
}

void endless_games_are_closed(void **) {
    House house;
    house.options.resume_limit = 3;
    Table table(1, house);
    for (int i = 0; i < 3; i++) table.settle();
    table.settle(); // one too many
    const Client::End end = table.client(1).ends.take("the end");
    assert_int_equal(end.how, Ending::Closed);
    expect_part(end.reason, "no end within 3 steps");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_room_that_cannot_be_is_refused),
        cmocka_unit_test(sessions_go_on_from_game_to_game),
        cmocka_unit_test(references_keep_a_room_that_is_over),
        cmocka_unit_test(the_last_reference_ends_the_room),
        cmocka_unit_test(records_stand_on_standard_error),
        cmocka_unit_test(a_room_whose_script_fails_is_lost_alone),
        cmocka_unit_test(a_request_that_never_ends_costs_its_room),
        cmocka_unit_test(a_room_that_does_not_begin_is_lost),
        cmocka_unit_test(the_server_closes_a_room),
        cmocka_unit_test(idle_rooms_are_closed),
        cmocka_unit_test(endless_games_are_closed),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
