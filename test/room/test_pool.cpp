// SPDX-License-Identifier: MIT
// The pool: balance, updates without downtime, deaths, giving up.
#include "support.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

namespace {

// A folder with house.lua as main.lua, which says its version.
class Package {
  public:
    Package() {
        char name[] = "/tmp/fkroom-XXXXXX";
        folder_ = mkdtemp(name);
        write("1");
    }
    ~Package() { std::filesystem::remove_all(folder_); }

    void write(const std::string &version) const {
        std::ifstream original(FK_TEST_SCRIPT);
        std::ofstream(folder_ / "main.new")
            << original.rdbuf() << "function Version() return '" << version << "' end\n";
        std::filesystem::rename(folder_ / "main.new", folder_ / "main.lua");
    }
    void spoil() const { std::ofstream(folder_ / "main.lua") << "this is no Lua"; }

    std::string directory() const { return folder_; }

  private:
    std::filesystem::path folder_;
};

struct City : House {
    explicit City(const Package &package) {
        options.vm.script = "main.lua";
        options.vm.directory = package.directory();
        options.functions.push_back("Version");
        options.vm.interrupt_signal = SIGRTMIN + 4;
        pool_options.watch_interval = 0;
        pool_options.first_backoff = 1;
    }
    PoolOptions &take() {
        pool_options.thread = options;
        return pool_options;
    }
    PoolOptions pool_options;
};

struct Seat {
    std::shared_ptr<Client> client = std::make_shared<Client>();
    int room = 0;
    std::shared_ptr<RoomThread> thread;

    explicit Seat(RoomThreadPool &pool) {
        RoomSpec spec;
        spec.players.push_back(player(1, client));
        const Added added = pool.add_room(std::move(spec));
        assert_string_equal(added.problem.c_str(), "");
        room = added.id;
        thread = pool.find(room);
        assert_non_null(thread.get());
    }
    void plays() {
        thread->wake_up(room, "still here");
        client->await("Resumed", "still here");
    }
    void finish() { thread->wake_up(room, "finish"); }
};

std::string refusal(RoomThreadPool &pool) {
    RoomSpec spec;
    spec.players.push_back(player(1, std::make_shared<Client>()));
    return pool.add_room(std::move(spec)).problem;
}

std::string version_of(RoomThread &thread) {
    Mailbox<std::string> answer;
    thread.call("Version", nullptr, [&](fk::Value value, const std::string &problem) {
        answer.put(value ? std::string(value->as.string, value->size) : problem);
    });
    return answer.take("the version");
}

template <class F>
void eventually(const char *what, F condition) {
    const auto end = std::chrono::steady_clock::now() + LIMIT;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) fail_msg("never: %s", what);
        std::this_thread::yield();
    }
}

// As if it had crashed; embedded, where there is no child, as an admin does.
void murder(RoomThread &thread) {
    const int64_t child = thread.info().vm.numbers.pid;
    if (child > 0)
        ::kill(static_cast<pid_t>(child), SIGKILL);
    else
        thread.kill("killed by the test");
}

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

void a_dead_vm_costs_its_rooms_only(void **) {
    const Package package;
    City city(package);
    city.pool_options.threads = 2;
    RoomThreadPool pool(city.take());
    eventually("two threads", [&] { return pool.info().threads.size() == 2; });
    std::vector<Seat> seats;
    for (int i = 0; i < 20; i++) seats.emplace_back(pool);
    const auto victim = seats[0].thread;
    int lost = 0;
    for (const Seat &seat : seats) lost += seat.thread == victim;
    assert_int_equal(lost, 10);
    murder(*victim);
    for (Seat &seat : seats) {
        if (seat.thread != victim) {
            seat.plays();
            continue;
        }
        const Client::End end = seat.client->ends.take("the end");
        assert_int_equal(end.how, Ending::ServerError);
        assert_string_equal(end.reason.c_str(),
                            "Server error: this game was lost. All other games play on.");
        expect_part(city.expect_end(seat.room).reason, "kill");
        assert_true(seat.client->ends.empty());
    }
    victim->wait();
    assert_int_equal(victim->state(), ThreadState::Dead);
    expect_part(victim->error()->what(), "kill");
    eventually("a successor", [&] {
        const PoolInfo info = pool.info();
        return info.threads.size() == 2 && info.threads[1].state == ThreadState::Running;
    });
    for (int i = 0; i < 10; i++) seats.emplace_back(pool).plays();
    assert_int_equal(pool.info().rooms_lost, 10);
    assert_int_equal(pool.info().deaths, 1);
    // What is asked of the dead is answered, too.
    expect_part(problem_of([&](Done d) { victim->wake_up(seats[0].room, "x", d); }), "has ended");
    assert_int_equal(victim->add_room({}).id, 0);
    assert_int_equal(victim->info().rooms_lost, 10);
}

void a_vm_may_die_in_the_middle_of_a_call(void **) {
    const Package package;
    City city(package);
    RoomThreadPool pool(city.take());
    Seat seat(pool);
    seat.thread->push_request(seat.room, 1, "hang");
    seat.client->await("Request",
                       "1 hang"); // embedded at once, a child with the next flush: kill anyway
    murder(*seat.thread);
    assert_int_equal(seat.client->ends.take("the end").how, Ending::ServerError);
    eventually("a successor", [&] { return pool.info().state == PoolState::Running; });
    Seat(pool).plays();
}

void a_burst_of_deaths_ends_in_a_clear_state(void **) {
    const Package package;
    City city(package);
    city.pool_options.burst_limit = 3;
    RoomThreadPool pool(city.take());
    for (int death = 1; death <= 3; death++) {
        Seat seat(pool);
        murder(*seat.thread);
        seat.client->ends.take("the end");
        eventually("the next state", [&] {
            const PoolInfo info = pool.info();
            return info.deaths == static_cast<uint64_t>(death) &&
                   info.state != PoolState::Restarting;
        });
    }
    assert_int_equal(pool.info().state, PoolState::GivenUp);
    assert_int_equal(pool.info().threads.size(), 0);
    expect_part(pool.info().problem, "kill");
    expect_part(refusal(pool), "given up after 3 deaths");
    city.expect_line("no more are started until a reload");
    assert_string_equal(problem_of([&](Done done) { pool.reload(done); }).c_str(), "");
    assert_int_equal(pool.info().state, PoolState::Running);
    Seat(pool).plays();
}

void restarts_back_off(void **) {
    const Package package;
    City city(package);
    city.pool_options.first_backoff = 100'000;
    city.pool_options.max_backoff = 200'000;
    RoomThreadPool pool(city.take());
    Seat seat(pool);
    murder(*seat.thread);
    city.expect_line("starts in 100000 ms");
    assert_int_equal(pool.info().state, PoolState::Restarting);
    expect_part(refusal(pool), "try again in a moment");
}

void a_script_that_no_longer_loads_ends_in_giving_up(void **) {
    const Package package;
    City city(package);
    city.pool_options.burst_limit = 3;
    RoomThreadPool pool(city.take());
    Seat seat(pool);
    package.spoil();
    murder(*seat.thread);
    eventually("it gives up", [&] { return pool.info().state == PoolState::GivenUp; });
    expect_part(pool.info().problem, "main.lua");
    assert_int_equal(pool.info().deaths, 3);
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
        cmocka_unit_test(a_reload_loses_no_room),
        cmocka_unit_test(a_reload_that_fails_changes_nothing),
        cmocka_unit_test(reloads_at_once_are_each_answered),
        cmocka_unit_test(changed_files_reload),
        cmocka_unit_test(a_dead_vm_costs_its_rooms_only),
        cmocka_unit_test(a_vm_may_die_in_the_middle_of_a_call),
        cmocka_unit_test(a_burst_of_deaths_ends_in_a_clear_state),
        cmocka_unit_test(restarts_back_off),
        cmocka_unit_test(a_script_that_no_longer_loads_ends_in_giving_up),
        cmocka_unit_test(closing_the_pool_closes_all_rooms),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
