// SPDX-License-Identifier: MIT
// fk/freekill.hpp: a server over it, on the backend that FK_VM_BACKEND names.
#include "../cpp/support.hpp"

#include <fk/freekill.hpp>

#include <cstring>
#include <deque>
#include <thread>

using namespace fk::freekill;

namespace {

PlayerData player(int number) {
    return {.connId = 100 + number,
            .id = number,
            .screenName = "P" + std::to_string(number),
            .avatar = "a",
            .totalGameTime = 60,
            .state = 1,
            .gameData = {4, 5, 6}};
}

struct Table final : ServerBase {
    Answer<RoomData> RoomThread_getRoom(int id) override {
        if (raw) return *raw;
        return RoomData{.id = id,
                        .ownerId = 1,
                        .timeout = 15,
                        .settings = "\xf6",
                        .players = {player(1), player(2)}};
    }
    void ServerPlayer_doNotify(int conn, Text command, Text payload) override {
        if (conn == gone) throw fk::Failure("gone");
        heard += std::to_string(conn) + " " + std::string(command) + " " + std::string(payload);
        heard += ";";
    }
    void ServerPlayer_doRequest(int, Text, Text, double, std::optional<double>) override {}
    std::string ServerPlayer_waitForReply(int conn, std::optional<double>) override {
        if (conn == gone) throw fk::Failure("there is no such player", FK_CODE_INVALID_PARAMS);
        return "yes";
    }
    void Room_delay(int id, double ms) override {
        delay = ms;
        if (wake) scheduler->resume_room(id, "over"); // inside a notification
    }
    void Room_setRequestTimer(int, double) override {}
    void Room_gameOver(int) override { game_over = true; }
    void Room_decreaseRefCount(int) override { references--; }
    Answer<PlayerData> Room_addNpc(int) override { return cbor(player(8)); }
    Answer<TaskData> Server_getTask(int id) override {
        return TaskData{.id = id, .taskType = "test", .data = "d", .connId = 101, .userId = 1};
    }
    Answer<PlayerData> Task_getPlayer(int) override { return player(1); }
    void Room_getGlobalSaveState(int, Text key, Load load) override {
        if (key == "now") return load("{\"now\":1}");
        loads.push_back(load);
        if (key == "broken") throw fk::Failure("no data base");
    }

    void room_over(int id) override { over = id; }
    void room_failed(int id, const RoomFailure &failure) override {
        failed = id;
        why = failure.text();
        guilty = failure.package();
    }
    void run_posted() {
        while (!posted.empty()) {
            const auto work = std::move(posted.front());
            posted.pop_front();
            work();
        }
    }

    std::optional<Cbor> raw;
    int gone = 0, references = 0, over = 0, failed = 0;
    bool wake = false, game_over = false;
    double delay = 0;
    std::string heard, why, guilty;
    std::vector<std::function<void(std::string)>> loads; // as a data base keeps them
    std::deque<std::function<void()>> posted;
    Scheduler<fk::Vm> *scheduler = nullptr;
};

// A server with one VM, room 7 open in it.
struct City {
    Table table;
    std::string output;
    fk::Vm vm;
    Scheduler<fk::Vm> scheduler{vm, table,
                                [this](auto work) { table.posted.push_back(std::move(work)); }};

    explicit City(fk::Options options = {}, bool start = true) {
        options.script = FK_TEST_SCRIPT;
        options.output = [this](fk_level, std::string_view text) { output += text; };
        table.scheduler = &scheduler;
        vm.open(scheduler.options(std::move(options)));
        if (start) scheduler.handle_request("-1,7,newroom");
    }

    // What room 7 says when it does this.
    std::string act(const char *what) {
        scheduler.resume_room(7, what);
        table.run_posted();
        const auto log = vm.call<std::string>("Log");
        const size_t last = log.rfind("; ");
        return last == log.npos ? log : log.substr(last + 2);
    }
};

void expect_equal(const std::string &is, const std::string &wanted) {
    assert_string_equal(is.c_str(), wanted.c_str());
}

constexpr char shown[] = "room 7 of 1, 15 s, \xf6: 101/1 P1 a 60s state 1 won 4 102/2 P2 a 60s "
                         "state 1 won 4";

void objects_arrive(void **) {
    City city;
    expect_equal(city.act("show"), shown);
    expect_equal(city.act("task"), "task -1001 test d 101 1 P1");
    assert_true(city.vm.call<bool>("HasServer"));
}

void bytes_arrive(void **) {
    City city;
    expect_equal(city.act("npc"), "P8");
    city.scheduler.add_observer(7, cbor(player(8)));
    expect_text(city.act("show"), "watched by P8");
    city.scheduler.add_observer(7, player(9));
    expect_text(city.act("show"), "watched by P9");
    city.scheduler.remove_observer(7, 9);
    assert_null(std::strstr(city.act("show").c_str(), "P9"));
}

// A map of one entry, {"id": 7}, and so on.
void wrong_shapes_are_named(void **) {
    struct Row {
        const char *cbor, *said;
    };
    const Row rows[] = {
        {"\xa1\x62id\x07", "RoomThread_getRoom(7).ownerId must be an integer, got nothing"},
        {"\xa1\x62id\x61x", "RoomThread_getRoom(7).id must be an integer, got a string of 1 bytes"},
        {"\x07", "RoomThread_getRoom(7) must be a room as an object or as CBOR"},
        {"\x62", "RoomThread_getRoom(7) must be a room as an object or as CBOR"},
        {"\xa5\x62id\x07\x67ownerId\x01\x67timeout\x01\x68settings\x60\x67players\x81\xa0",
         "RoomThread_getRoom(7).players[1].connId must be an integer, got nothing"}};
    for (const Row &row : rows) {
        City city({}, false);
        city.table.raw = Cbor{row.cbor};
        city.scheduler.handle_request("-1,7,newroom");
        assert_int_equal(city.table.failed, 7);
        expect_text(city.table.why, row.said);
    }
    City city;
    city.scheduler.add_observer(7, Cbor{"\xa1\x62id\x07"});
    expect_text(city.table.why, "AddObserver.connId must be an integer, got nothing");
}

void failures_end_no_room(void **) {
    City city;
    expect_equal(city.act("reply"), "yes");
    city.table.gone = 101;
    expect_equal(city.act("reply"), "__cancel");
    expect_text(city.output, "there is no such player");
    expect_equal(city.act("session"), "nil"); // this server has none
    expect_text(city.output, "this server has no Room_getSessionId");
    expect_equal(city.act("save"), "nil");        // a notification: nobody waits
    expect_equal(city.act("load_broken"), "nil"); // and nobody waits
    city.table.loads.at(0)("{}");
    assert_true(city.table.posted.empty());
    assert_int_equal(city.table.failed, 0);
}

void saves_arrive(void **) {
    City city;
    city.scheduler.handle_request("-1,8,newroom");
    expect_equal(city.act("load_now"), "{\"now\":1}");
    expect_equal(city.act("load_later"), "true"); // the script waits for ResumeRoom
    city.scheduler.resume_room(8, "show");
    std::thread([&] { city.table.loads.at(0)("{}"); }).join();
    city.table.run_posted();
    expect_equal(city.vm.call<std::string>("Reasons", 7), "load_now load_later {}");
    expect_equal(city.vm.call<std::string>("Reasons", 8), "show");

    city.scheduler.handle_request("7,1,load_later"); // of a request, too
    city.table.loads.at(1)("{\"more\":1}");
    city.table.loads.at(1)("twice");
    city.table.run_posted();
    expect_equal(city.vm.call<std::string>("Reasons", 7), "load_now load_later {} {\"more\":1}");
}

void saves_outlive_the_scheduler(void **) {
    std::function<void(std::string)> load;
    {
        City city;
        city.act("load_later");
        load = city.table.loads.at(0);
        load("posted, and dropped");
        assert_int_equal(city.table.posted.size(), 1);
    }
    load("to nobody");
}

void notifications(void **) {
    City city;
    city.act("tell");
    expect_equal(city.table.heard, "101 Log text;102 Log text;");
    assert_true(city.table.delay == 0.5);
    assert_int_equal(city.table.references, 0); // increaseRefCount does nothing
    city.table.gone = 101;
    city.table.heard.clear();
    city.act("tell");
    expect_equal(city.table.heard, "102 Log text;");
}

void state_follows(void **) {
    City city;
    city.scheduler.update_room(7, {.ownerId = 2, .timeout = 30});
    city.scheduler.update_player(7, 2, {.totalGameTime = 3600, .gameData = {{7, 8, 9}}});
    city.scheduler.set_player_state(7, 1, PlayerState::Offline);
    expect_equal(city.act("show"), "room 7 of 2, 30 s, \xf6: 101/1 P1 a 60s state 6 won 4 102/2 P2 "
                                   "a 3600s state 1 won 7");
    const fk::Error unknown = failure([&] {
        city.vm.call<void>("UpdateRoom", 7, std::map<std::string, int>{{"id", 8}});
    });
    expect_text(unknown.what(), "UpdateRoom.id cannot be changed");
}

void a_room_that_fails_ends_alone(void **) {
    City city({.call_timeout = 300});
    city.scheduler.handle_request("-1,8,newroom");
    for (const char *what : {"loop", "fail"}) {
        city.scheduler.handle_request("-1,7,newroom");
        city.table.failed = 0;
        city.act(what);
        assert_int_equal(city.table.failed, 7);
        assert_false(city.vm.call<bool>("Stands", 7));
        assert_true(city.table.game_over);
    }
    expect_text(city.table.why, "The game was ended: ");
    expect_text(city.table.why, "on purpose");
    assert_true(city.vm.call<bool>("Stands", 8));
    assert_int_equal(city.table.references, -2);
}

void a_request_that_loops_ends_its_room(void **) {
    City city({.call_timeout = 300});
    city.scheduler.handle_request("7,1,loop");
    assert_int_equal(city.table.failed, 7);
    assert_false(city.vm.call<bool>("Stands", 7));
}

void calls_from_inside_are_posted(void **) {
    City city;
    city.table.wake = true;
    city.scheduler.resume_room(7, "tell");
    city.vm.call<void>("ping"); // a child's notifications have come by then
    assert_int_equal(city.table.over, 0);
    city.table.run_posted();
    assert_int_equal(city.table.over, 7);
    assert_int_equal(city.table.failed, 0);
}

void packages_are_disabled(void **) {
    const auto packs = [](std::vector<std::string> names) {
        City city({.environment = {disabled_packages(names)}}, false);
        return city.vm.call<std::string>("Packs");
    };
    expect_equal(packs({"a", "b\"c"}), R"(["a","b\"c"])");
    expect_equal(packs({"a"}), R"(["a"])"); // from no template of others
    expect_equal(packs({}), "[]");
}

void guilty_packages(void **) {
    const auto expect = [](const char *text, const char *name) {
        expect_equal(guilty_package(text), name);
    };
    expect("packages/freekill-core/lua/a.lua:3: x\n\tpackages/hegemony/init.lua:4", "hegemony");
    expect("packages/freekill-core/lua/a.lua:3", "freekill-core");
    expect("/srv/packages/one/b.lua:1: in packages/two/c.lua", "one");
    expect("nothing of the kind; packages/ and packages/with space/x", "");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(objects_arrive),
                                cmocka_unit_test(bytes_arrive),
                                cmocka_unit_test(wrong_shapes_are_named),
                                cmocka_unit_test(failures_end_no_room),
                                cmocka_unit_test(saves_arrive),
                                cmocka_unit_test(saves_outlive_the_scheduler),
                                cmocka_unit_test(notifications),
                                cmocka_unit_test(state_follows),
                                cmocka_unit_test(a_room_that_fails_ends_alone),
                                cmocka_unit_test(a_request_that_loops_ends_its_room),
                                cmocka_unit_test(calls_from_inside_are_posted),
                                cmocka_unit_test(packages_are_disabled),
                                cmocka_unit_test(guilty_packages)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
