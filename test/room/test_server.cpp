// SPDX-License-Identifier: MIT
// What servers and their admins ask of a thread besides games: tasks, functions, snapshots, wrong
// ids.
#include "support.hpp"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace {

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
          "Task_saveGlobalState,k,x", "Task_getGlobalSaveState,k", "Task_savePlayerGlobalState,k,x",
          "Task_getPlayerGlobalSaveState,k"}) {
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

// Standard error, in a file.
struct Errors {
    Errors() : file(tmpfile()), before(dup(STDERR_FILENO)) { dup2(fileno(file), STDERR_FILENO); }
    ~Errors() {
        dup2(before, STDERR_FILENO);
        close(before);
        fclose(file);
    }
    std::string text() const {
        std::string all(4096, 0);
        all.resize(static_cast<size_t>(
            std::max<ssize_t>(pread(fileno(file), all.data(), all.size(), 0), 0)));
        return all;
    }
    FILE *file;
    int before;
};

void without_a_log_scripts_do_not_steer_the_terminal(void **) {
    const Errors errors;
    House house;
    house.options.log = {};
    Table table(1, house);
    table.ask("print,a\x1b[2Jb\xc2\x9b"
              "2Jc\xe2\x80\xae"
              "d");
    table.settle();
    const std::string said = errors.text();
    expect_part(said, "a\\x1b[2Jb\\x9b2Jc\\u{202e}d");
    assert_true(said.find('\x1b') == std::string::npos);
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
    task = run("saveown"); // the user's, and not the server's
    client->expect("Resumed", "query_done");
    assert_int_equal(ended.take("the end of a task"), task);
    task = run("loadown");
    client->expect("Resumed", "own data");
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
    RoomSpec spec;
    spec.players = {player(1, bad), player(2, good)};
    thread.add_room(std::move(spec));
    good->batches.take("a flush");
    house.expect_line("out of order");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(unknown_ids_are_answered),
        cmocka_unit_test(scripts_hear_of_wrong_ids),
        cmocka_unit_test(without_a_log_scripts_do_not_steer_the_terminal),
        cmocka_unit_test(tasks_have_a_life),
        cmocka_unit_test(admins_call_named_functions_only),
        cmocka_unit_test(snapshots_say_how_it_is),
        cmocka_unit_test(the_server_adds_host_methods),
        cmocka_unit_test(what_a_client_throws_harms_nobody),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
