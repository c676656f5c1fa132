// SPDX-License-Identifier: MIT
// Which VM a room gets, and which VMs are opened and closed for that.
#include "budget.h"
#include "fleet.h"

#include <algorithm>

namespace fk::room {

namespace {

constexpr std::chrono::milliseconds first_backoff(100), longest_backoff(5000);
constexpr size_t measured_a_second = 10;

std::string too_busy(int activity) {
    return "too much waits for the VM of room " + std::to_string(activity) + " already: it is busy";
}

} // namespace

Engine *Fleet::home_of(int activity) const {
    if (!has_many()) return engines_.front().get();
    const auto found = shared_->homes.find(activity);
    return found == shared_->homes.end() ? nullptr : found->second;
}

std::deque<Fleet::Waiting>::iterator Fleet::find_waiting(int activity) {
    return std::ranges::find_if(
        waiting_, [&](const Waiting &waiting) { return waiting.activity->id == activity; });
}

void Fleet::deliver(int activity, const Asked &asked) {
    if (Engine *const engine = home_of(activity)) return deliver(*engine, activity, asked);
    const auto waiting = find_waiting(activity);
    if (waiting == waiting_.end()) return asked.answer(no_such_room(activity));
    if (waiting->asked.size() >= most_waiting) return asked.answer(too_busy(activity));
    waiting->asked.push_back(asked);
}

void Fleet::deliver(Engine &engine, int activity, const Asked &asked) {
    if (!engine.run([&engine, asked] { asked.work(engine, asked.answer); }))
        asked.answer(too_busy(activity));
}

void Fleet::place(const std::shared_ptr<Activity> &activity) {
    if (!has_many()) return engines_.front()->begin(activity);
    waiting_.push_back({activity, Clock::now(), {}});
    if (over_ || error_)
        return end_waiting({error_ ? Ending::ServerError : Ending::Closed,
                            error_ ? GAME_LOST : "The server closes.",
                            std::string("it had not begun: ") +
                                (error_ ? error_->what() : "the thread was closed")},
                           Clock::time_point::max());
    place_waiting();
}

void Fleet::place_waiting() {
    while (!waiting_.empty()) {
        const auto engine = find_place();
        if (!engine) break;
        const Waiting waiting = std::move(waiting_.front());
        waiting_.pop_front();
        {
            const auto lock = shared_->locked();
            unplaced_--;
        }
        engine->begin(waiting.activity);
        for (const Asked &asked : waiting.asked) deliver(*engine, waiting.activity->id, asked);
    }
    refill();
}

// Beside rooms that play, else in a fresh one: an empty one that has had rooms closes.
std::shared_ptr<Engine> Fleet::find_place() const {
    std::shared_ptr<Engine> fresh;
    for (const auto &engine : engines_) {
        if (engine->is_gone() || engine->dead() || engine->taken() >= options().rooms_per_vm)
            continue;
        if (engine->rooms() > 0) return engine;
        if (engine->taken() == 0 && !fresh) fresh = engine;
    }
    return fresh;
}

int Fleet::count_spares() const {
    return static_cast<int>(std::ranges::count_if(engines_, [](const auto &engine) {
        return engine->taken() == 0 && !engine->is_gone() && !engine->dead();
    }));
}

void Fleet::refill() {
    if (over_ || error_) return count_places();
    const int each = options().rooms_per_vm;
    const int needed = (static_cast<int>(waiting_.size()) + each - 1) / each;
    const bool may_idle = state_ == ThreadState::Starting || state_ == ThreadState::Running;
    const bool ahead = may_idle && Clock::now() >= spares_after_;
    const int first = state_ == ThreadState::Starting ? 1 : 0; // it tells whether the script loads
    const int wanted = std::max(needed + (ahead ? std::max(options().spares, 0) : 0), first);
    for (int have = count_spares() + static_cast<int>(opening_.size()); have < wanted; have++) {
        const auto engine = std::make_shared<Engine>(shared_, Engine::Manner::Begins);
        { // first: who adds a room must not find the budget used and no place for it
            const auto lock = shared_->locked();
            places_ += each;
        }
        if (options().budget && !options().budget->take(engine->id).empty()) break;
        open(engine);
    }
    count_places();
}

// What does not open any more has no use for the loop: it closes on the thread that opened it.
void Fleet::open(const std::shared_ptr<Engine> &engine) {
    opening_.push_back(engine);
    opener_->post([this, engine] {
        engine->open();
        shared_->loop->post([this, engine] { opened(engine); });
    });
}

void Fleet::opened(const std::shared_ptr<Engine> &engine) {
    std::erase(opening_, engine);
    {
        const auto lock = shared_->locked();
        engines_.push_back(engine);
        vms_opened_ += !engine->dead();
    }
    if (engine->dead()) {
        const Error error = *engine->dead();
        engine->shut_down({Ending::ServerError, GAME_LOST, error.what()});
        retire(engine);
        return open_failed(error);
    }
    engine->watch();
    backoff_ = {};
    if (over_) {
        engine->shut_down({Ending::Closed, "The server closes.", "the thread was closed"});
        return retire(engine);
    }
    if (state() == ThreadState::Starting) set_state(ThreadState::Running);
    place_waiting();
    if (state() == ThreadState::Draining) retire_spares();
}

// The VMs that are there go on, and take rooms as before; without one left new rooms go to another
// thread, which the pool opens after a while.
void Fleet::open_failed(const Error &error) {
    if (over_ || error_) return;
    const Outcome outcome{Ending::ServerError, GAME_LOST,
                          std::string("no VM could be opened for it: ") + error.what()};
    const bool starts = state() == ThreadState::Starting;
    if (!starts && count_spares() > 0) {
        log(FK_LEVEL_CRITICAL, std::string("a VM did not open, the next one is tried in ") +
                                   std::to_string(backoff_.count()) + " ms: " + error.what());
        return count_places();
    }
    {
        const auto lock = shared_->locked();
        error_ = error;
    }
    if (starts) return shut_down(outcome);
    log(FK_LEVEL_CRITICAL,
        std::string("a VM did not open, so this thread takes no more rooms: ") + error.what());
    set_state(ThreadState::Draining);
    end_waiting(outcome, Clock::time_point::max());
}

// It closes where nobody waits for that.
void Fleet::retire(const std::shared_ptr<Engine> &engine) {
    if (engine->dead() && engine->taken() == 0) {
        backoff_ = std::clamp(2 * backoff_, first_backoff, longest_backoff);
        spares_after_ = Clock::now() + backoff_;
    }
    {
        const auto lock = shared_->locked();
        std::erase(engines_, engine);
        vms_died_ += engine->dead().has_value();
    }
    closing_++;
    closer_->post([this, engine] {
        engine->close();
        if (options().budget) options().budget->give_back(engine->id);
        shared_->loop->post([this] {
            closing_--;
            if (!over_) place_waiting();
        });
    });
}

void Fleet::retire_spares() {
    for (const auto &engine : std::vector(engines_)) {
        if (engine->taken() > 0 || engine->is_gone()) continue;
        engine->shut_down({Ending::Closed, "", "it is not needed"});
        retire(engine);
    }
    count_places();
}

// Those that have waited since then, or for longer.
void Fleet::end_waiting(const Outcome &outcome, Clock::time_point since) {
    while (!waiting_.empty() && waiting_.front().since <= since)
        end_waiting(waiting_.begin(), outcome);
}

// Who has asked something of it hears that it is gone.
void Fleet::end_waiting(std::deque<Waiting>::iterator which, const Outcome &outcome) {
    const Waiting waiting = std::move(*which);
    waiting_.erase(which);
    {
        const auto lock = shared_->locked();
        shared_->known.erase(waiting.activity->id);
        unplaced_--;
    }
    shared_->say_end(*waiting.activity, outcome);
    for (const Asked &asked : waiting.asked) asked.answer(no_such_room(waiting.activity->id));
}

// Only the budget makes a room wait while no VM opens.
void Fleet::look_at_waiting() {
    if (waiting_.empty()) return refill();
    place_waiting();
    if (!opening_.empty() || closing_ > 0 || waiting_.empty() || !options().budget) return;
    const std::string why = options().budget->problem();
    end_waiting(
        {Ending::Closed, "The server is full, try again later.",
         "it has waited for " + std::to_string(options().room_wait) + " ms (room_wait): " + why},
        Clock::now() - std::chrono::milliseconds(options().room_wait));
    count_places();
}

void Fleet::measure_some() {
    if (!options().budget) return;
    std::vector<std::shared_ptr<Engine>> some;
    for (size_t i = 0; i < engines_.size() && some.size() < measured_a_second; i++) {
        const auto &engine = engines_[++measured_ % engines_.size()];
        if (engine->taken() > 0) some.push_back(engine);
    }
    if (some.empty()) return;
    closer_->post([this, some] {
        for (const auto &engine : some) {
            engine->measure();
            options().budget->measured(engine->id, engine->held());
        }
    });
}

void Fleet::count_places() {
    int places = static_cast<int>(opening_.size()) * options().rooms_per_vm;
    for (const auto &engine : engines_)
        if (!engine->is_gone() && !engine->dead() && (engine->taken() == 0 || engine->rooms() > 0))
            places += std::max(options().rooms_per_vm - engine->taken(), 0);
    const auto lock = shared_->locked();
    places_ = places;
}

} // namespace fk::room
