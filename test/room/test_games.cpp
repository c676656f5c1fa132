// SPDX-License-Identifier: MIT
// Whole games of examples/cardgame, with people who answer, with computers, through an update and a
// death.
#include "support.hpp"

#include <csignal>
#include <map>

namespace {

// Takes the default whenever it is asked; but not before go().
class Person : public Connection {
  public:
    explicit Person(bool at_once) : going_(at_once) {}

    void sit_down(int room, int id, RoomThread *thread) {
        room_ = room, id_ = id, thread_ = thread;
    }

    void notify(std::string_view command, Bytes) override {
        notifies++;
        if (command == "GameOver") game_over = true;
    }
    void request(const Request &request) override {
        const std::lock_guard lock(mutex_);
        question_ = request.id;
        asked.put(1);
        if (going_) answer();
    }
    void close(std::string_view) override {}
    void room_closed(int, Ending, std::string_view) override {}

    void go() {
        const std::lock_guard lock(mutex_);
        going_ = true;
        if (question_) answer();
    }

    Mailbox<int> asked;
    std::atomic<int> notifies = 0;
    std::atomic<bool> game_over = false;

  private:
    void answer() { thread_->reply(room_, id_, question_, "the default, please"); }

    std::mutex mutex_;
    bool going_;
    int room_ = 0, id_ = 0;
    RoomThread *thread_ = nullptr;
    int64_t question_ = 0;
};

void use_cardgame(ThreadOptions &options) {
    options.vm.script = FK_CARDGAME;
    options.vm.directory = "";
    options.vm.interrupt_signal = SIGRTMIN + 4;
    options.delay_scale = 0;
}

RoomSpec computers(int count) {
    RoomSpec spec;
    spec.mode = "tidefall";
    for (int seat = 1; seat <= count; seat++) {
        spec.players.push_back(player(-seat, nullptr));
        spec.players.back().state = PlayerState::Robot;
    }
    return spec;
}

// A room of one person, first asked in their first turn, and a computer.
struct Game {
    template <class Place>
    Game(Place &place, int id, bool at_once) : person(std::make_shared<Person>(at_once)) {
        RoomSpec spec = computers(1);
        spec.id = room = id;
        spec.players.insert(spec.players.begin(), player(1, person));
        // The game begins after the thread is known: nobody is asked before.
        if constexpr (std::is_same_v<Place, RoomThread>) person->sit_down(id, 1, &place);
        const Added added = place.add_room(std::move(spec));
        assert_string_equal(added.problem.c_str(), "");
    }
    std::shared_ptr<Person> person;
    int room;
};

void a_game_of_people_is_played_to_its_end(void **) {
    House house;
    use_cardgame(house.options);
    house.options.storage = open_sqlite(":memory:");
    RoomThread thread(house.options);
    RoomSpec spec = computers(2);
    spec.id = 500;
    std::vector<std::shared_ptr<Person>> people;
    for (int id = 1; id <= 4; id++) {
        people.push_back(std::make_shared<Person>(true));
        people.back()->sit_down(500, id, &thread);
        spec.players.push_back(player(id, people.back()));
    }
    assert_int_equal(thread.add_room(std::move(spec)).id, 500);
    const RoomEnd end = house.expect_end(500);
    assert_int_equal(end.how, Ending::Over);
    assert_true(end.game_over);
    int won = 0, played = 0;
    for (int id = 1; id <= 4; id++) {
        Mailbox<Rates> counted;
        house.options.storage->player_rates(
            id, "tidefall", [&](Rates rates, const std::string &) { counted.put(rates); });
        const Rates rates = counted.take("rates");
        won += rates.win;
        played += rates.total();
        assert_true(people[static_cast<size_t>(id) - 1]->game_over);
        assert_true(people[static_cast<size_t>(id) - 1]->notifies > 50);
    }
    assert_true(won <= 1); // or a computer
    assert_int_equal(played, 4);
}

void two_hundred_rooms_play_on_one_thread(void **) {
    House house;
    use_cardgame(house.options);
    RoomThread thread(house.options);
    for (int i = 0; i < 200; i++) assert_true(thread.add_room(computers(2)).id > 0);
    for (int i = 0; i < 200; i++) {
        const RoomEnd end = house.ends.take("the end of a room");
        assert_true(end.how == Ending::Over && end.game_over);
    }
    assert_int_equal(thread.load(), 0);
    assert_int_equal(thread.info().rooms_ended, 200);
}

// Rooms of a pool, in each of which a person is asked and does not answer yet.
struct City {
    City(int threads, int rooms) {
        use_cardgame(house.options);
        PoolOptions options;
        options.thread = house.options;
        options.threads = threads;
        options.watch_interval = 0;
        pool = std::make_unique<RoomThreadPool>(options);
        while (pool->info().threads.size() < static_cast<size_t>(threads))
            std::this_thread::yield();
        for (int i = 0; i < rooms; i++) add();
        for (Game &game : games) wait_for_question(game);
    }
    Game &add() { return games.emplace_back(*pool, next_room++, false); }
    void wait_for_question(Game &game) {
        game.person->asked.take("a question");
        const auto thread = pool->find(game.room);
        assert_non_null(thread.get());
        threads[game.room] = thread;
        game.person->sit_down(game.room, 1, thread.get());
    }

    House house;
    std::unique_ptr<RoomThreadPool> pool;
    std::deque<Game> games;
    std::map<int, std::shared_ptr<RoomThread>> threads;
    int next_room = 1000;
};

void a_reload_in_the_middle_loses_no_room(void **) {
    City city(1, 100);
    const auto old = city.threads[1000];
    assert_string_equal(problem_of([&](Done done) { city.pool->reload(done); }).c_str(), "");
    for (int i = 0; i < 20; i++) city.wait_for_question(city.add());
    assert_true(city.threads[1100] != old);
    for (Game &game : city.games) game.person->go();
    for (int i = 0; i < 120; i++) {
        const RoomEnd end = city.house.ends.take("the end of a room");
        assert_true(end.how == Ending::Over && end.game_over);
        assert_int_equal(end.thread == old->id(), end.room < 1100);
    }
    old->wait();
    assert_int_equal(old->state(), ThreadState::Closed);
    assert_int_equal(city.pool->info().rooms_lost, 0);
}

void a_killed_child_costs_exactly_its_rooms(void **) {
    City city(2, 100);
    const auto victim = city.threads[1000];
    const int64_t child = victim->info().vm.numbers.pid;
    if (child > 0)
        ::kill(static_cast<pid_t>(child), SIGKILL);
    else
        victim->kill("killed by the test");
    victim->wait();
    for (Game &game : city.games) game.person->go();
    int lost = 0;
    for (int i = 0; i < 100; i++) {
        const RoomEnd end = city.house.ends.take("the end of a room");
        lost += end.how == Ending::ServerError;
        assert_int_equal(end.how == Ending::ServerError, city.threads[end.room] == victim);
        if (end.how != Ending::ServerError) assert_true(end.game_over);
    }
    assert_int_equal(lost, 50);
    const auto limit = std::chrono::steady_clock::now() + LIMIT;
    while (city.pool->info().threads.size() < 2) {
        if (std::chrono::steady_clock::now() > limit) fail_msg("no successor");
        std::this_thread::yield();
    }
    Game &next = city.add();
    city.wait_for_question(next);
    next.person->go();
    assert_true(city.house.expect_end(next.room).game_over);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_game_of_people_is_played_to_its_end),
        cmocka_unit_test(two_hundred_rooms_play_on_one_thread),
        cmocka_unit_test(a_reload_in_the_middle_loses_no_room),
        cmocka_unit_test(a_killed_child_costs_exactly_its_rooms),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
