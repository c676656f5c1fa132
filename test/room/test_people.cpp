// SPDX-License-Identifier: MIT
// Who comes and goes: states, reconnects, observers, computer players, kicks.
#include "support.hpp"

namespace {

using State = PlayerState;

std::string set_state(Table &table, int player, State state) {
    return problem_of([&](Done done) {
        table.thread.set_player_state(table.room, player, state, std::move(done));
    });
}

void states_are_pushed_into_the_vm(void **) {
    House house;
    Table table(3, house);
    assert_string_equal(set_state(table, 2, State::Trust).c_str(), "");
    assert_string_equal(set_state(table, 3, State::Offline).c_str(), "");
    table.ask("states");
    table.client(1).expect("States", "1=1 2=2 3=6");
    assert_string_equal(set_state(table, 2, State::Online).c_str(), "");
    assert_string_equal(set_state(table, 2, State::Run).c_str(), "");
    table.ask("states");
    table.client(1).expect("States", "1=1 2=3 3=6");
    expect_part(set_state(table, 2, State::Online), "no connection");
    expect_part(set_state(table, 1, State::Robot), "robot");
    expect_part(set_state(table, 9, State::Trust), "player or observer 9");
}

void owner_and_game_time_are_pushed_into_the_vm(void **) {
    House house;
    RoomSpec spec;
    spec.owner = 1;
    Table table(2, house, std::move(spec));
    table.ask("state", 2);
    table.client(1).expect("State", "owner 1, 0 s");
    const auto push = [&](int player, int seconds) {
        const std::string owner = problem_of(
            [&](Done done) { table.thread.set_owner(table.room, player, std::move(done)); });
        return owner + problem_of([&](Done done) {
                   table.thread.set_game_time(table.room, player, seconds, std::move(done));
               });
    };
    assert_string_equal(push(2, 3600).c_str(), "");
    table.ask("state", 2);
    table.client(1).expect("State", "owner 2, 3600 s");
    expect_part(push(9, 1), "player or observer 9");
}

void who_is_waited_for_wakes_the_room(void **) {
    House house;
    Table table(3, house);
    table.ask("ask,30,think", 2);
    set_state(table, 1, State::Trust); // is not waited for
    set_state(table, 2, State::Trust);
    table.client(1).expect("Resumed", "player_trust");
    table.ask("ask,30,think", 3);
    set_state(table, 3, State::Offline);
    table.client(1).expect("Resumed", "player_disconnect");
}

void who_is_gone_gets_nothing(void **) {
    House house;
    Table table(2, house);
    table.settle();
    set_state(table, 2, State::Offline);
    while (!table.client(2).messages.empty()) table.client(2).messages.take("what came before");
    table.ask("burst,3", 2);
    table.settle();
    assert_true(table.client(2).messages.empty());
    assert_int_equal(table.clients[1].use_count(), 1); // the room has let it go
}

void a_player_comes_back(void **) {
    House house;
    Table table(2, house);
    const auto reconnect = [&](int player, std::shared_ptr<Connection> connection) {
        return problem_of([&](Done done) {
            table.thread.reconnect(table.room, player, std::move(connection), std::move(done));
        });
    };
    set_state(table, 2, State::Offline);
    const auto anew = std::make_shared<Client>();
    assert_string_equal(reconnect(2, anew).c_str(), "");
    anew->expect("Request", "2 reconnect");
    table.ask("states");
    anew->expect("States", "1=1 2=1");

    const auto other_device = std::make_shared<Client>(); // while still online
    assert_string_equal(reconnect(2, other_device).c_str(), "");
    other_device->expect("Request", "2 reconnect");
    assert_int_equal(anew.use_count(), 1);

    expect_part(reconnect(7, anew), "player or observer 7");
    set_state(table, 2, State::Run);
    expect_part(reconnect(2, anew), "has left");
}

void the_last_person_ends_the_room(void **) {
    House house;
    Table table(2, house);
    set_state(table, 1, State::Offline);
    assert_true(table.thread.has(table.room)); // may come back
    set_state(table, 2, State::Run);
    const RoomEnd end = house.expect_end(table.room);
    assert_int_equal(end.how, Ending::Over);
    assert_false(end.game_over);
    assert_int_equal(end.players.size(), 2);
    assert_true(end.players[0].ran && end.players[1].ran);
    assert_int_equal(end.players[1].state, State::Run);
    assert_false(table.thread.has(table.room));
}

void the_dead_may_leave(void **) {
    House house;
    Table table(3, house);
    table.ask("died,true", 2);
    set_state(table, 2, State::Run);
    set_state(table, 3, State::Run);
    table.thread.wake_up(table.room, "finish");
    const RoomEnd end = house.expect_end(table.room);
    assert_false(end.players[0].ran);
    assert_true(end.players[1].died && !end.players[1].ran);
    assert_true(!end.players[2].died && end.players[2].ran);
}

void observers_come_and_go(void **) {
    House house;
    Table table(1, house);
    const auto eye = std::make_shared<Client>();
    const auto add = [&](int id) {
        return problem_of([&](Done done) {
            table.thread.add_observer(table.room, player(id, eye), std::move(done));
        });
    };
    const auto remove = [&](int id) {
        return problem_of(
            [&](Done done) { table.thread.remove_observer(table.room, id, std::move(done)); });
    };
    assert_string_equal(add(10).c_str(), "");
    eye->expect("Request", "10 observe");
    table.ask("states");
    eye->expect("States", "1=1"); // the script tells them, by their connection
    expect_part(add(10), "already");
    expect_part(add(1), "already");
    assert_int_equal(table.thread.rooms()[0].observers.size(), 1);
    assert_int_equal(table.thread.info().observers, 1);

    assert_string_equal(remove(10).c_str(), "");
    table.client(1).await("Request", "10 leave");
    assert_int_equal(eye.use_count(), 1);
    assert_int_equal(table.thread.rooms()[0].observers.size(), 0);
    expect_part(remove(10), "player or observer 10");
}

void a_runner_may_watch_the_rest(void **) {
    House house;
    Table table(2, house);
    set_state(table, 2, State::Run);
    const auto eye = std::make_shared<Client>();
    table.thread.add_observer(table.room, player(2, eye));
    eye->expect("Request", "2 observe");
}

void observers_hear_the_end(void **) {
    House house;
    Table table(1, house);
    const auto eye = std::make_shared<Client>();
    table.thread.add_observer(table.room, player(10, eye));
    table.thread.wake_up(table.room, "finish");
    for (Client *client : {eye.get(), &table.client(1)}) {
        const Client::End end = client->ends.take("the end");
        assert_int_equal(end.room, table.room);
        assert_int_equal(end.how, Ending::Over);
        assert_string_equal(end.reason.c_str(), "The game is over.");
    }
}

void npcs_are_players_of_the_room(void **) {
    House house;
    Table table(1, house);
    table.ask("npc");
    table.client(1).expect("Npc", "-1 Computer 1 5");
    assert_int_equal(table.thread.rooms()[0].players.size(), 2);
    table.ask("states");
    table.client(1).expect("States", "1=1 -1=5");
    table.ask("unnpc");
    table.ask("npc");
    table.client(1).expect("Npc", "-2 Computer 2 5"); // no id comes twice
    assert_int_equal(table.thread.rooms()[0].players.size(), 2);
    table.ask("wrongnpc", 1);
    expect_part(house.expect_line("removeNpc").text, "no computer player");
    assert_int_equal(table.thread.rooms()[0].players.size(), 2);
}

void the_script_kicks(void **) {
    House house;
    Table table(2, house);
    table.ask("kick", 2);
    table.client(2).expect("closed", "The game has thrown you out.");
    table.settle();
    table.ask("states");
    table.client(1).expect("States", "1=1 2=6");

    const auto eye = std::make_shared<Client>();
    table.thread.add_observer(table.room, player(10, eye));
    table.thread.push_request(table.room, 1, "kickobserver");
    eye->expect("closed", "The game has thrown you out.");
    table.client(1).await("Request", "10 leave");
}

void seats_without_a_connection_are_computers(void **) {
    House house;
    RoomSpec spec;
    spec.players.push_back(player(-7, nullptr));
    spec.players.back().state = State::Robot;
    spec.players.push_back(player(8, nullptr));
    Table table(1, house, spec);
    table.ask("states");
    table.client(1).expect("States", "-7=5 8=5 1=1");
    set_state(table, 1, State::Leave); // the only person
    assert_int_equal(house.expect_end(table.room).how, Ending::Over);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(states_are_pushed_into_the_vm),
        cmocka_unit_test(owner_and_game_time_are_pushed_into_the_vm),
        cmocka_unit_test(who_is_waited_for_wakes_the_room),
        cmocka_unit_test(who_is_gone_gets_nothing),
        cmocka_unit_test(a_player_comes_back),
        cmocka_unit_test(the_last_person_ends_the_room),
        cmocka_unit_test(the_dead_may_leave),
        cmocka_unit_test(observers_come_and_go),
        cmocka_unit_test(a_runner_may_watch_the_rest),
        cmocka_unit_test(observers_hear_the_end),
        cmocka_unit_test(npcs_are_players_of_the_room),
        cmocka_unit_test(the_script_kicks),
        cmocka_unit_test(seats_without_a_connection_are_computers),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
