// SPDX-License-Identifier: MIT
// How rooms begin, end and fail; sessions, tasks, wrong ids, and what admins see.
#include "support.hpp"

#include <csignal>

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

void unknown_ids_are_answered(void **) {
    House house;
    Table table(1, house);
    RoomThread &thread = table.thread;
    const int none = table.room + 1000000;
    const std::string where = "no room " + std::to_string(none);
    const auto client = std::make_shared<Client>();
    expect_part(problem_of([&](Done d) { thread.push_request(none, 1, "x", d); }), where);
    expect_part(problem_of([&](Done d) { thread.wake_up(none, "x", d); }), where);
    expect_part(problem_of([&](Done d) { thread.close_room(none, "x", d); }), where);
    expect_part(problem_of([&](Done d) { thread.set_player_state(none, 1, PlayerState::Run, d); }),
                where);
    expect_part(problem_of([&](Done d) { thread.reconnect(none, 1, client, d); }), where);
    expect_part(problem_of([&](Done d) { thread.add_observer(none, player(9, client), d); }),
                where);
    expect_part(problem_of([&](Done d) { thread.remove_observer(none, 9, d); }), where);
    expect_part(problem_of([&](Done d) { thread.push_request(table.room, 5, "x", d); }),
                "observer 5");
    thread.reply(none, 1, 1, "x");
    thread.reply(table.room, 5, 1, "x");
    thread.abort_task(-99);
    table.settle(); // and it lives
}

void scripts_hear_of_wrong_ids(void **) {
    House house;
    Table table(1, house);
    for (const std::string method :
         {"RoomThread_getRoom", "Room_delay,1", "Room_setRequestTimer,1",
          "Room_destroyRequestTimer", "Room_gameOver", "Room_increaseRefCount",
          "Room_decreaseRefCount", "Room_getSessionId", "Room_getSessionData",
          "Room_setSessionData,x", "Room_addNpc", "Room_removeNpc,1", "Room_saveGlobalState,k,x",
          "Room_getGlobalSaveState,k", "Room_updatePlayerWinRate,1,m,r,1",
          "Room_updateGeneralWinRate,g,m,r,1"}) {
        const size_t comma = method.find(',');
        table.ask("wrong," + method.substr(0, comma) + ",987654" +
                  (comma == std::string::npos ? "" : method.substr(comma)));
        expect_part(table.client(1).expect("Wrong").payload, "no room 987654");
    }
    for (const std::string method :
         {"Server_getTask", "Task_delay,1", "Task_getPlayer", "Task_decreaseRefCount",
          "Task_saveGlobalState,k,x", "Task_getGlobalSaveState,k"}) {
        const size_t comma = method.find(',');
        table.ask("wrong," + method.substr(0, comma) + ",-987654" +
                  (comma == std::string::npos ? "" : method.substr(comma)));
        expect_part(table.client(1).expect("Wrong").payload, "no task -987654");
    }
    for (const std::string method :
         {"ServerPlayer_doNotify,c,p", "ServerPlayer_doRequest,c,p,1,1",
          "ServerPlayer_waitForReply,0", "ServerPlayer_thinking", "ServerPlayer_emitKick",
          "ServerPlayer_saveState,x", "ServerPlayer_getSaveState",
          "ServerPlayer_saveGlobalState,k,x", "ServerPlayer_getGlobalSaveState,k"}) {
        const size_t comma = method.find(',');
        table.ask("wrong," + method.substr(0, comma) + ",7" +
                  (comma == std::string::npos ? "" : method.substr(comma)));
        expect_part(table.client(1).expect("Wrong").payload, "no player with connection 7");
    }
    table.ask("wrong,Room_delay,seven,1");
    expect_part(table.client(1).expect("Wrong").payload, "parameter 1 must be an integer");
    table.ask("wrong,No_suchMethod,1");
    expect_part(table.client(1).expect("Wrong").payload, "No_suchMethod");
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
    expect_part(end.reason, "Server error");
    assert_int_equal(house.expect_end(table.room).how, Ending::ServerError);
    table.thread.wake_up(77, "go on");
    other->await("Resumed", "go on");
    assert_int_equal(table.thread.info().rooms_lost, 1);
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
    assert_string_equal(problem_of([&](Done d) {
                            table.thread.close_room(table.room, "The admin says so.", d);
                        }).c_str(),
                        "");
    const Client::End end = table.client(2).ends.take("the end");
    assert_int_equal(end.how, Ending::Closed);
    assert_string_equal(end.reason.c_str(), "The admin says so.");
    table.client(1).expect("Resumed", "abandon"); // the script knows too
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

void tasks_have_a_life(void **) {
    House house;
    RoomThread thread(house.options);
    Mailbox<int> ended;
    const auto client = std::make_shared<Client>();
    const auto run = [&](const std::string &type) {
        TaskSpec spec;
        spec.type = type;
        spec.data = "data";
        spec.user = player(3, client);
        spec.ended = [&](int task) { ended.put(task); };
        const Added added = thread.start_task(std::move(spec));
        assert_true(added.id <= -1001);
        client->expect("Task", std::to_string(added.id) + " " + type + " data 3 3");
        return added.id;
    };
    int task = run("delay");
    client->expect("Resumed", "delay_done");
    assert_int_equal(ended.take("the end of a task"), task);
    task = run("save");
    client->expect("Resumed", "query_done");
    assert_int_equal(ended.take("the end of a task"), task);
    task = run("load");
    client->expect("Resumed", "data");
    assert_int_equal(ended.take("the end of a task"), task);
    task = run("release");
    assert_int_equal(ended.take("the end of a task"), task);
    task = run("none");
    assert_int_equal(thread.info().tasks, 1);
    thread.abort_task(task);
    client->expect("Resumed", "abort");
    assert_int_equal(ended.take("the end of a task"), task);
    assert_false(thread.has(task));
    assert_int_equal(thread.load(), 0);
}

void admins_call_named_functions_only(void **) {
    House house;
    Table table(1, house);
    table.client(1).expect("Hello");
    const auto call = [&](const std::string &name, const fk_value &params) {
        Mailbox<std::string> answer;
        fk_value *copy = nullptr;
        fk_value_copy(&params, &copy);
        table.thread.call(name, fk::Value(copy), [&](fk::Value result, const std::string &problem) {
            char *text = nullptr;
            if (result) fk_value_to_json(result.get(), &text, nullptr);
            answer.put(problem.empty() ? text : "problem: " + problem);
            fk_text_free(text);
        });
        return answer.take("an answer");
    };
    const fk_value none = FK_NIL, id = FK_INT(table.room), params = FK_ITEMS(&id, 1);
    assert_string_equal(call("RoomList", none).c_str(),
                        ("[" + std::to_string(table.room) + "]").c_str());
    expect_part(call("RoomInfo", params), "\"states\":\"1=1\"");
    assert_true(std::stoi(call("MemoryUsage", none)) > 1000);
    for (const char *name : {"Secret", "load", "dofile", ""})
        expect_part(call(name, none), "ThreadOptions::functions");
    const fk_value wrong = FK_ITEMS(&none, 1);
    expect_part(call("RoomInfo", wrong), "problem: ");
}

void snapshots_say_how_it_is(void **) {
    House house;
    Table table(2, house);
    table.ask("ask,30,think", 2);
    table.ask("burst,10", 1);
    table.settle();
    const std::vector<RoomInfo> rooms = table.thread.rooms();
    assert_int_equal(rooms.size(), 1);
    assert_int_equal(rooms[0].id, table.room);
    assert_int_equal(rooms[0].requests, 1);
    assert_int_equal(rooms[0].resumes, 1);
    assert_true(rooms[0].notifies >= 12);
    assert_true(rooms[0].players[1].thinking && rooms[0].players[1].connected);
    assert_string_equal(rooms[0].players[1].name.c_str(), "player 2");
    const ThreadInfo info = table.thread.info();
    assert_int_equal(info.state, ThreadState::Running);
    assert_int_equal(info.rooms, 1);
    assert_int_equal(info.players, 2);
    assert_true(info.vm.numbers.calls >= 4);
    assert_string_equal(info.vm.backend.c_str(), getenv("FK_VM_BACKEND"));
}

void the_server_adds_host_methods(void **) {
    House house;
    Mailbox<int> asked;
    house.options.bind = [&](fk::Vm &vm) { vm.bind("kill_me", [&] { asked.put(1); }); };
    Table table(1, house);
    table.ask("exit");
    asked.take("the call");
}

void what_a_client_throws_harms_nobody(void **) {
    struct Throws : Client {
        void flush() override { throw std::runtime_error("out of order"); }
    };
    House house;
    RoomThread thread(house.options);
    const auto bad = std::make_shared<Throws>();
    const auto good = std::make_shared<Client>();
    RoomSpec spec = simple(41, bad);
    spec.players.push_back(player(2, good));
    thread.add_room(std::move(spec));
    good->batches.take("a flush");
    house.expect_line("out of order");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_room_that_cannot_be_is_refused),
        cmocka_unit_test(unknown_ids_are_answered),
        cmocka_unit_test(scripts_hear_of_wrong_ids),
        cmocka_unit_test(sessions_go_on_from_game_to_game),
        cmocka_unit_test(references_keep_a_room_that_is_over),
        cmocka_unit_test(the_last_reference_ends_the_room),
        cmocka_unit_test(a_room_whose_script_fails_is_lost_alone),
        cmocka_unit_test(a_room_that_does_not_begin_is_lost),
        cmocka_unit_test(the_server_closes_a_room),
        cmocka_unit_test(idle_rooms_are_closed),
        cmocka_unit_test(endless_games_are_closed),
        cmocka_unit_test(tasks_have_a_life),
        cmocka_unit_test(admins_call_named_functions_only),
        cmocka_unit_test(snapshots_say_how_it_is),
        cmocka_unit_test(the_server_adds_host_methods),
        cmocka_unit_test(what_a_client_throws_harms_nobody),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
