// SPDX-License-Identifier: MIT
// Every entry point from many threads at once, while VMs are replaced and an admin looks on.
#include "city.hpp"

#include <atomic>

namespace {

constexpr int WORKERS = 4, ROOMS = 25; // of each worker

struct Works {
    RoomThreadPool &pool;
    std::atomic<int> asked = 0, done = 0;
    Mailbox<std::string> problems;
    Mailbox<std::shared_ptr<Client>> players;

    Done answer() {
        asked++;
        return [this](const std::string &problem) {
            if (!problem.empty()) problems.put(problem);
            done++;
        };
    }

    // A room's whole life; nothing is waited for, so that the threads meet.
    void live() {
        RoomSpec spec;
        spec.players.push_back(player(1, std::make_shared<Client>()));
        const Added added = pool.add_room(std::move(spec));
        const auto thread = pool.find(added.id);
        if (!thread) return problems.put("no room: " + added.problem);
        const int room = added.id;
        const auto back = std::make_shared<Client>();
        thread->push_request(room, 1, "ask,5", answer());
        thread->reply(room, 1, 1, "an answer");
        thread->add_observer(room, player(2, std::make_shared<Client>()), answer());
        thread->push_request(room, 1, "burst,10", answer());
        thread->set_player_state(room, 1, PlayerState::Trust, answer());
        thread->set_player_state(room, 1, PlayerState::Offline, answer());
        thread->reconnect(room, 1, back, answer());
        thread->call("RoomInfo", nullptr, [](fk::Value, const std::string &) {});
        thread->remove_observer(room, 2, answer());
        look();
        thread->abort_task(thread->start_task({}).id);
        thread->push_request(room, 1, "over", answer());
        thread->wake_up(room, "finish", answer());
        players.put(back);
    }
    void look() {
        for (const auto &thread : pool.threads()) {
            thread->rooms();
            if (thread->load() < 0 || thread->info().rooms < 0) problems.put("less than nothing");
        }
        if (pool.info().rooms_lost > 0) problems.put("a room was lost");
        pool.rooms();
    }
};

void many_threads_ask_at_once(void **) {
    const Package package;
    City city(package);
    city.pool_options.threads = 2;
    RoomThreadPool pool(city.take());
    Works works{pool};
    std::vector<std::thread> workers;
    for (int i = 0; i < WORKERS; i++)
        workers.emplace_back([&] {
            for (int room = 0; room < ROOMS; room++) works.live();
        });
    for (int i = 0; i < 3; i++)
        assert_string_equal(problem_of([&](Done done) { pool.reload(done); }).c_str(), "");
    for (std::thread &worker : workers) worker.join();
    for (int i = 0; i < WORKERS * ROOMS; i++)
        assert_int_equal(works.players.take("a player")->ends.take("the end").how, Ending::Over);
    eventually("all is answered", [&] { return works.done == works.asked; });
    if (!works.problems.empty()) fail_msg("%s", works.problems.take("a problem").c_str());
    assert_int_equal(pool.info().rooms_ended, WORKERS * ROOMS);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(many_threads_ask_at_once),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
