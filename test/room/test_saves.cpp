// SPDX-License-Identifier: MIT
// Saves and results, through the script and in the data base.
#include "support.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <sys/resource.h>
#include <unistd.h>

namespace {

// A folder that goes with it.
struct Folder {
    Folder() {
        char name[] = "/tmp/fkroom-XXXXXX";
        path = mkdtemp(name);
    }
    ~Folder() {
        for (const char *end : {"", "-wal", "-shm"}) remove((file() + end).c_str());
        rmdir(path.c_str());
    }
    std::string file() const { return path + "/saves.sqlite"; }
    std::string path;
};

std::string load(Storage &storage, SaveKey key) {
    std::promise<std::string> result;
    storage.load(std::move(key), [&](std::string text, const std::string &problem) {
        result.set_value(problem.empty() ? text : "problem: " + problem);
    });
    return result.get_future().get();
}

std::string save(Storage &storage, SaveKey key, std::string text) {
    std::promise<std::string> result;
    storage.save(std::move(key), std::move(text),
                 [&](const std::string &problem) { result.set_value(problem); });
    return result.get_future().get();
}

Rates rates(Storage &storage, int player) {
    std::promise<Rates> result;
    storage.player_rates(player, "duel", [&](Rates rates, const std::string &problem) {
        assert_string_equal(problem.c_str(), "");
        result.set_value(rates);
    });
    return result.get_future().get();
}

void a_database_keeps_what_it_got(void **) {
    const Folder folder;
    const std::string text("\0any bytes\xff", 11), key("k'; DROP TABLE saves; --");
    {
        const auto storage = open_sqlite(folder.file());
        assert_string_equal(load(*storage, {SaveKey::Mode, 1, "duel"}).c_str(), "{}");
        assert_string_equal(save(*storage, {SaveKey::Mode, 1, "duel"}, "first").c_str(), "");
        assert_string_equal(save(*storage, {SaveKey::Mode, 1, "duel"}, text).c_str(), "");
        save(*storage, {SaveKey::Global, 1, "duel"}, "of another kind");
        save(*storage, {SaveKey::Global, 0, key}, "of the server");
        storage->add_player_result(1, "duel", "lord", Result::Win);
    } // the destructor waits
    const auto storage = open_sqlite(folder.file());
    assert_true(load(*storage, {SaveKey::Mode, 1, "duel"}) == text);
    assert_string_equal(load(*storage, {SaveKey::Global, 1, "duel"}).c_str(), "of another kind");
    assert_string_equal(load(*storage, {SaveKey::Global, 0, key}).c_str(), "of the server");
    assert_int_equal(rates(*storage, 1).win, 1);
}

// Another connection writes between a look and a save, as the accounts of fk-server do.
void a_look_does_not_spoil_the_saves_after_it(void **) {
    const Folder folder;
    const auto storage = open_sqlite(folder.file()), accounts = open_sqlite(folder.file());
    const SaveKey mine{SaveKey::Mode, 1, "duel"}, other{SaveKey::Mode, 2, "duel"};
    storage->add_run(1, "duel");
    const std::function<void()> looks[] = {
        [&] { assert_int_equal(rates(*storage, 1).run, 1); },
        [&] { load(*storage, mine); },
        [&] {
            std::promise<void> done;
            storage->general_rates("caocao", "duel",
                                   [&](Rates, const std::string &) { done.set_value(); });
            done.get_future().get();
        },
    };
    for (const auto &look : looks) {
        look();
        assert_string_equal(save(*accounts, other, "theirs").c_str(), "");
        assert_string_equal(save(*storage, mine, "mine").c_str(), "");
        assert_string_equal(load(*accounts, mine).c_str(), "mine");
    }
}

// A look and a save in one transaction, while others write.
void two_writers_lose_nothing(void **) {
    constexpr int many = 300;
    const Folder folder;
    const auto one = open_sqlite(folder.file()), two = open_sqlite(folder.file());
    std::promise<std::string> saved;
    for (int i = 1; i <= many; i++) {
        two->add_run(1, "duel");
        one->player_rates(1, "duel", [](Rates, const std::string &) {});
        one->save({SaveKey::Global, i, "key"}, std::to_string(i), [&, i](std::string problem) {
            if (i == many || !problem.empty()) saved.set_value(problem);
        });
    }
    assert_string_equal(saved.get_future().get().c_str(), "");
    for (int i = 1; i <= many; i++)
        assert_string_equal(load(*two, {SaveKey::Global, i, "key"}).c_str(),
                            std::to_string(i).c_str());
    assert_int_equal(rates(*one, 1).run, many);
}

// From here on no file of this process grows beyond `bytes`: a disk that is full.
struct FullDisk {
    explicit FullDisk(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &before);
        const rlimit now{bytes, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &now);
        signal(SIGXFSZ, SIG_IGN);
    }
    ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before); }
    rlimit before;
};

void what_cannot_be_stored_is_told_and_takes_nothing_with_it(void **) {
    const Folder folder;
    Mailbox<std::string> log;
    const auto storage =
        open_sqlite(folder.file(), [&](const LogRecord &r) { log.put(std::string(r.text)); });
    const FullDisk full(1 << 20);
    Mailbox<std::string> problems;
    const auto told = [&](const std::string &problem) { problems.put(problem); };
    for (int i = 0; i < 9; i++)
        storage->save({SaveKey::Global, i, "key"}, std::string(i == 4 ? 2 << 20 : 9, 'x'), told);
    for (int i = 0; i < 9; i++) {
        const std::string problem = problems.take("an answer");
        if (i == 4)
            expect_part(problem, folder.file());
        else
            assert_string_equal(problem.c_str(), "");
    }
    expect_part(log.take("a record"), "1 saves or results were not stored: data base");
    for (int i = 0; i < 9; i++)
        assert_int_equal(load(*storage, {SaveKey::Global, i, "key"}).size(), i == 4 ? 2 : 9);
}

void an_unusable_database_is_named(void **) {
    const Folder folder;
    std::ofstream(folder.file()) << "this is a text, and long enough to be none of SQLite's files: "
                                 << std::string(1000, 'x');
    for (const std::string &path : {folder.file(), folder.path + "/no/such/folder"}) {
        std::string problem;
        try {
            open_sqlite(path);
        } catch (const std::runtime_error &error) {
            problem = error.what();
        }
        expect_part(problem, path);
    }
}

void results_are_counted(void **) {
    const auto storage = open_sqlite(":memory:");
    for (const Result result : {Result::Win, Result::Win, Result::Lose, Result::Draw, Result::None})
        storage->add_player_result(1, "duel", result == Result::Lose ? "rebel" : "lord", result);
    storage->add_player_result(1, "other mode", "lord", Result::Win);
    storage->add_run(1, "duel");
    storage->add_run(1, "duel");
    const Rates of_player = rates(*storage, 1);
    assert_int_equal(of_player.win, 2);
    assert_int_equal(of_player.lose, 1);
    assert_int_equal(of_player.draw, 1);
    assert_int_equal(of_player.run, 2);
    assert_int_equal(of_player.total(), 4);
    assert_int_equal(rates(*storage, 2).total(), 0);

    storage->add_general_result("caocao", "duel", "lord", Result::Lose);
    std::promise<int> lost;
    storage->general_rates("caocao", "duel",
                           [&](Rates rates, const std::string &) { lost.set_value(rates.lose); });
    assert_int_equal(lost.get_future().get(), 1);
}

void a_query_is_answered_by_resume(void **) {
    House house;
    RoomSpec spec;
    spec.mode = "duel";
    Table table(2, house, spec);
    Client &client = table.client(1);
    table.ask("load");
    client.expect("Asked", "true");
    client.expect("Resumed", "{}");
    table.ask("save,[1]", 1);
    client.expect("Asked", "true");
    client.expect("Resumed", "query_done");
    table.ask("put,[2]", 2); // a notification: nobody waits
    table.ask("load", 2);
    client.expect("Resumed", "[2]");
    table.ask("load", 1);
    client.expect("Resumed", "[1]");
    table.ask("savekey,key,[3]", 1);
    table.ask("loadkey,key", 2);
    client.expect("Resumed", "{}");
    table.ask("loadkey,key", 1);
    client.expect("Resumed", "[3]");
    table.ask("roomsave,key,[4]");
    table.ask("roomload,key");
    client.expect("Resumed", "[4]");
}

void a_load_may_be_waited_for(void **) {
    House house;
    house.options.load_wait = 10'000;
    Table table(1, house);
    Client &client = table.client(1);
    table.ask("load");
    client.expect("Asked", "{}");
    table.ask("put,[1]");
    table.ask("load");
    client.expect("Asked", "[1]");
    table.settle();
    client.expect("Resumed", "settled"); // by nothing before that
}

void computers_save_nothing(void **) {
    House house;
    RoomSpec spec;
    spec.players.push_back(player(-3, nullptr));
    Table table(1, house, spec);
    table.ask("put,[1]", -3);
    table.ask("load", -3);
    table.client(1).expect("Resumed", "{}");
}

// A storage that fails, and one that answers when the room is long over.
class Broken : public Storage {
  public:
    void save(SaveKey, std::string, Saved done) override { done("the disk is full"); }
    void load(SaveKey, Loaded done) override {
        problem.empty() ? loads.put(std::move(done)) : done("", problem);
    }
    void add_player_result(int, std::string, std::string, Result) override {}
    void add_general_result(std::string, std::string, std::string, Result) override {}
    void add_run(int, std::string) override {}
    void player_rates(int, std::string, Counted done) override { done({}, ""); }
    void general_rates(std::string, std::string, Counted done) override { done({}, ""); }
    Mailbox<Loaded> loads;
    std::string problem; // of all loads, at once
};

void a_storage_that_fails_is_no_empty_save(void **) {
    House house;
    const auto broken = std::make_shared<Broken>();
    house.options.storage = broken;
    Table table(1, house);
    table.ask("save,[1]");
    table.client(1).expect("Resumed", "query_failed");
    house.expect_line("the disk is full");
    table.ask("put,[1]"); // a notification: nobody waits, but the save is lost
    table.client(1).expect("Resumed", "query_failed");
    assert_int_equal(house.expect_line("the disk is full").room, table.room);
    table.ask("load");
    broken->loads.take("a query")("", "the table is gone");
    table.client(1).expect("Resumed", "query_failed");
}

void who_waits_for_a_load_hears_why_there_is_none(void **) {
    House house;
    const auto broken = std::make_shared<Broken>();
    house.options.storage = broken;
    house.options.load_wait = 1;
    Table table(1, house);
    table.ask("load"); // it gets nil, and goes on
    assert_string_equal(table.client(1).expect("Asked").payload.c_str(), "nil");
    house.expect_line("not answered within 1 ms");
    broken->loads.take("a query")("[1]", ""); // nobody waits any more
    broken->problem = "the table is gone";
    table.ask("load");
    assert_string_equal(table.client(1).expect("Asked").payload.c_str(), "nil");
    house.expect_line("storage: the table is gone");
}

void an_answer_that_comes_too_late_harms_nobody(void **) {
    House house;
    const auto broken = std::make_shared<Broken>();
    house.options.storage = broken;
    Storage::Loaded late;
    {
        RoomSpec spec;
        spec.id = 99;
        Table table(1, house, spec);
        table.ask("load");
        const Storage::Loaded answer = broken->loads.take("a query");
        table.thread.wake_up(99, "finish");
        house.expect_end(99);
        spec.players = {player(1, table.clients[0])};
        assert_int_equal(table.thread.add_room(spec).id, 99); // the next game there
        answer("[1]", "");
        table.settle();
        table.client(1).expect("Resumed", "finish");
        table.client(1).expect("Resumed", "settled");
        table.ask("load");
        late = broken->loads.take("a query");
    }
    late("[2]", ""); // the thread is gone
}

void win_rates_go_to_the_storage(void **) {
    House house;
    house.options.storage = open_sqlite(":memory:");
    RoomSpec spec;
    spec.mode = "duel";
    Table table(2, house, spec);
    table.ask("rate,1", 1);
    table.ask("rate,2", 2);
    table.ask("rate,77", 2); // no result that we know
    table.ask("general,caocao,3");
    table.ask("over");
    table.thread.set_player_state(table.room, 2, PlayerState::Run);
    table.thread.wake_up(table.room, "finish");
    assert_true(house.expect_end(table.room).game_over);
    Storage &storage = *house.options.storage;
    assert_int_equal(rates(storage, 1).win, 1);
    assert_int_equal(rates(storage, 1).run, 0);
    assert_int_equal(rates(storage, 2).lose, 1);
    assert_int_equal(rates(storage, 2).total(), 1);
    assert_int_equal(rates(storage, 2).run, 1);
}

void a_room_judges_its_own_people_alone(void **) {
    House house;
    house.options.storage = open_sqlite(":memory:");
    Table table(2, house);
    table.ask("rateother,3,2"); // a notification
    expect_part(house.expect_line("player 3 is not, and was not, in room").text, "no result");
    table.thread.set_player_state(table.room, 2, PlayerState::Run);
    table.thread.add_observer(table.room, player(4, std::make_shared<Client>()));
    table.ask("wrong,Room_updatePlayerWinRate," + std::to_string(table.room) + ",4,duel,lord,2");
    expect_part(table.client(1).expect("Wrong").payload, "player 4 is not");
    table.ask("rateother,2,2"); // ran away
    table.settle();
    Storage &storage = *house.options.storage;
    assert_int_equal(rates(storage, 2).lose, 1);
    assert_int_equal(rates(storage, 3).total(), 0);
    assert_int_equal(rates(storage, 4).total(), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_database_keeps_what_it_got),
        cmocka_unit_test(a_look_does_not_spoil_the_saves_after_it),
        cmocka_unit_test(two_writers_lose_nothing),
        cmocka_unit_test(what_cannot_be_stored_is_told_and_takes_nothing_with_it),
        cmocka_unit_test(an_unusable_database_is_named),
        cmocka_unit_test(results_are_counted),
        cmocka_unit_test(a_query_is_answered_by_resume),
        cmocka_unit_test(a_load_may_be_waited_for),
        cmocka_unit_test(computers_save_nothing),
        cmocka_unit_test(a_storage_that_fails_is_no_empty_save),
        cmocka_unit_test(who_waits_for_a_load_hears_why_there_is_none),
        cmocka_unit_test(an_answer_that_comes_too_late_harms_nobody),
        cmocka_unit_test(win_rates_go_to_the_storage),
        cmocka_unit_test(a_room_judges_its_own_people_alone),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
