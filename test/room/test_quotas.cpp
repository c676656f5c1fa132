// SPDX-License-Identifier: MIT
// What the server keeps for scripts has limits, of each room and of the VM, and is given back.
#include "support.hpp"

namespace {

// The error that a script gets for the call of a host method, "nil" if there is none.
std::string wrong(Table &table, const std::string &call, int id = 1) {
    table.ask("wrong," + call, id);
    return table.client(id).expect("Wrong").payload;
}

std::string of_room(const Table &table, const std::string &method) {
    return method + "," + std::to_string(table.room);
}

struct Second { // another room of the same thread
    explicit Second(Table &table) : thread(table.thread) {
        RoomSpec spec;
        spec.players.push_back(player(9, client));
        room = thread.add_room(spec).id;
    }
    std::string wrong(const std::string &method, const std::string &params) {
        thread.push_request(room, 9, "wrong," + method + "," + std::to_string(room) + params);
        return client->expect("Wrong").payload;
    }
    RoomThread &thread;
    std::shared_ptr<Client> client = std::make_shared<Client>();
    int room = 0;
};

void open_delays_have_a_limit_and_end(void **) {
    House house;
    house.options.quotas.delays = {2, 3};
    Table table(1, house);
    Second second(table);
    const std::string delay = of_room(table, "Room_delay") + ",";
    assert_string_equal(wrong(table, delay + "1e300").c_str(), "nil");
    assert_string_equal(wrong(table, delay + "1").c_str(), "nil");
    table.client(1).expect("Resumed", "delay_done"); // and is given back
    assert_string_equal(wrong(table, delay + "1e9").c_str(), "nil");
    const std::string refusal = wrong(table, delay + "1e9");
    expect_part(refusal,
                "room " + std::to_string(table.room) + " has 2 open delays and wants 1 more");
    expect_part(refusal, "its limit is 2 (quotas.delays.room)");
    assert_string_equal(second.wrong("Room_delay", ",1e9").c_str(), "nil");
    expect_part(second.wrong("Room_delay", ",1e9"),
                "this VM has 3 open delays and wants 1 more; its limit is 3 (quotas.delays.vm)");
    table.thread.wake_up(table.room, "finish"); // its delays go with it
    house.expect_end(table.room);
    assert_string_equal(second.wrong("Room_delay", ",1e9").c_str(), "nil");
    expect_part(second.wrong("Room_delay", ",1e9"), "quotas.delays.room");
}

void the_same_warning_again_is_counted(void **) {
    House house;
    house.options.quotas.delays = {2, 1000};
    Table table(1, house);
    table.ask("delays,1002");
    expect_part(house.expect_line("quotas.delays.room").text, "'Room_delay' failed");
    const LogLine again = house.expect_line("quotas.delays.room");
    expect_part(again.text, "999 times more: ");
    assert_int_equal(again.room, table.room);
}

void refusals_end_the_turn(void **) {
    House house;
    house.options.quotas.delays = {2, 1000};
    Table table(1, house);
    table.ask("delays,300000");
    const LogLine line = house.expect_line("10000 times in one turn, which ends here");
    assert_int_equal(line.room, table.room);
    table.ask("states");
    table.client(1).expect("States");
    assert_string_equal(wrong(table, of_room(table, "Room_setSessionData") + ",a").c_str(), "nil");
}

void computer_players_have_a_limit(void **) {
    House house;
    house.options.quotas.npcs = {2, 100};
    Table table(1, house);
    const std::string add = of_room(table, "Room_addNpc");
    table.ask("npc");
    assert_string_equal(wrong(table, add).c_str(), "nil");
    expect_part(wrong(table, add), "its limit is 2 (quotas.npcs.room)");
    table.ask("unnpc");
    assert_string_equal(wrong(table, add).c_str(), "nil");
}

// Keeps what it is asked until it is told to answer.
class Slow : public Storage {
  public:
    void save(SaveKey, std::string, Saved done) override { saves.put(once(std::move(done))); }
    void load(SaveKey, Loaded done) override { loads.put(once(std::move(done))); }
    void add_player_result(int, std::string, std::string, Result) override {}
    void add_general_result(std::string, std::string, std::string, Result) override {}
    void add_run(int, std::string) override {}
    void player_rates(int, std::string, Counted done) override { done({}, ""); }
    void general_rates(std::string, std::string, Counted done) override { done({}, ""); }
    Mailbox<Saved> saves;
    Mailbox<Loaded> loads;

  private:
    // A mailbox keeps what it has given away.
    template <class F>
    static F once(F done) {
        return [kept = std::make_shared<F>(std::move(done))](auto... answer) {
            (*kept)(answer...);
            *kept = {};
        };
    }
};

void saves_that_wait_have_limits(void **) {
    House house;
    const auto slow = std::make_shared<Slow>();
    house.options.storage = slow;
    house.options.quotas.queries = {3, 100};
    house.options.quotas.save_bytes = {10, 100};
    Table table(1, house);
    const std::string save = of_room(table, "Room_saveGlobalState") + ",key,";
    assert_string_equal(wrong(table, save + "abcd").c_str(), "nil");
    expect_part(wrong(table, save + "efgh"),
                "has 7 bytes of saves in memory and wants 7 more; its limit is 10 "
                "(quotas.save_bytes.room)");
    slow->saves.take("a save")("");
    table.client(1).expect("Resumed", "query_done");
    assert_string_equal(wrong(table, save + "efgh").c_str(), "nil");
    table.ask("load");
    table.ask("load");
    expect_part(wrong(table, of_room(table, "Room_getGlobalSaveState") + ",key"),
                "has 3 saves and loads that wait for the storage and wants 1 more; its limit is 3 "
                "(quotas.queries.room)");
    slow->loads.take("a load")("abcd", ""); // seven wait to be saved
    table.client(1).expect("Resumed", "query_failed");
    expect_part(house.expect_line("storage:").text, "quotas.save_bytes.room");
    slow->loads.take("a load")("abc", "");
    table.client(1).expect("Resumed", "abc");
}

void a_save_outlives_its_room_on_the_account_of_the_vm(void **) {
    House house;
    const auto slow = std::make_shared<Slow>();
    house.options.storage = slow;
    house.options.quotas.save_bytes = {10, 10};
    Table table(1, house);
    Second second(table);
    table.ask("roomsave,key,abcd");
    table.thread.wake_up(table.room, "finish");
    house.expect_end(table.room);
    expect_part(second.wrong("Room_saveGlobalState", ",key,abcd"), "quotas.save_bytes.vm");
    slow->saves.take("a save")("");
    assert_string_equal(second.wrong("Room_saveGlobalState", ",key,abcd").c_str(), "nil");
}

void session_data_has_a_limit(void **) {
    House house;
    house.options.quotas.session_bytes = {5, 7};
    Table table(1, house);
    Second second(table);
    const std::string set = of_room(table, "Room_setSessionData") + ",";
    assert_string_equal(wrong(table, set + "abcde").c_str(), "nil");
    assert_string_equal(wrong(table, set + "fghij").c_str(), "nil"); // in its place
    expect_part(wrong(table, set + "abcdef"), "its limit is 5 (quotas.session_bytes.room)");
    table.ask("session,ab");
    table.client(1).expect("Session", "1 fghij");
    assert_string_equal(second.wrong("Room_setSessionData", ",abcde").c_str(), "nil");
    expect_part(wrong(table, set + "abc"), "its limit is 7 (quotas.session_bytes.vm)");
}

void results_and_names_have_limits(void **) {
    House house;
    house.options.quotas.results = {2, 100};
    house.options.quotas.name_bytes = 8;
    Table table(1, house);
    const std::string general = of_room(table, "Room_updateGeneralWinRate");
    assert_string_equal(wrong(table, general + ",g,m,r,1").c_str(), "nil");
    expect_part(wrong(table, general + ",ninebytes,m,r,1"),
                "a name of 9 bytes is too long: keys, modes, roles and generals have at most 8 "
                "(quotas.name_bytes)");
    expect_part(wrong(table, of_room(table, "Room_saveGlobalState") + ",ninebytes,x"),
                "quotas.name_bytes");
    table.ask("rate,1");
    expect_part(wrong(table, general + ",g,m,r,1"), "its limit is 2 (quotas.results.room)");
}

void a_data_base_in_memory_has_a_limit(void **) {
    Mailbox<std::string> log;
    const auto storage = open_sqlite(
        ":memory:", [&](const LogRecord &r) { log.put(std::string(r.text)); }, 1 << 20);
    Mailbox<std::string> problems;
    const auto save = [&](int player, size_t size) {
        storage->save({SaveKey::Global, player, "key"}, std::string(size, 'x'),
                      [&](const std::string &problem) { problems.put(problem); });
        return problems.take("an answer");
    };
    assert_string_equal(save(1, 600'000).c_str(), "");
    expect_part(save(2, 600'000), "it may hold 1048576 bytes (max_bytes of open_sqlite)");
    expect_part(log.take("a record"), "1 saves or results were not stored");
    assert_string_equal(save(1, 700'000).c_str(), ""); // in the place of the first
    assert_string_equal(save(2, 100).c_str(), "");
}

// A connection that takes its time: a million messages take ten seconds.
struct Sticky : Client {
    void notify(std::string_view command, Bytes payload) override {
        const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(10);
        while (std::chrono::steady_clock::now() < end) {
        }
        if (command != "Burst") Client::notify(command, payload);
    }
};

void time_in_host_methods_counts(void **) {
    House house;
    house.options.vm.host_timeout = 50;
    RoomThread thread(house.options);
    const auto client = std::make_shared<Sticky>();
    RoomSpec spec;
    spec.players.push_back(player(1, client));
    const int room = thread.add_room(spec).id;
    thread.push_request(room, 1, "burst,1000000");
    expect_part(house.expect_line("host_timeout").text, "50 ms");
    thread.wake_up(room, "finish");
    house.expect_end(room);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(open_delays_have_a_limit_and_end),
        cmocka_unit_test(the_same_warning_again_is_counted),
        cmocka_unit_test(refusals_end_the_turn),
        cmocka_unit_test(computer_players_have_a_limit),
        cmocka_unit_test(saves_that_wait_have_limits),
        cmocka_unit_test(a_save_outlives_its_room_on_the_account_of_the_vm),
        cmocka_unit_test(session_data_has_a_limit),
        cmocka_unit_test(results_and_names_have_limits),
        cmocka_unit_test(a_data_base_in_memory_has_a_limit),
        cmocka_unit_test(time_in_host_methods_counts),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
