// SPDX-License-Identifier: MIT
// What other threads may do with a thread of rooms: ask for work, end it.
#include "budget.h"
#include "fleet.h"

#include <algorithm>

namespace fk::room {

namespace {

std::string flaw_of(const RoomSpec &spec) {
    if (spec.id < 0) return "room ids are above 0, not " + std::to_string(spec.id);
    if (spec.players.empty()) return "a room needs players";
    std::set<int> ids;
    for (const PlayerSpec &player : spec.players) {
        if (player.id == 0) return "a player needs an id other than 0";
        if (!ids.insert(player.id).second)
            return "player " + std::to_string(player.id) + " is there twice";
    }
    return "";
}

} // namespace

Added Fleet::add_room(RoomSpec spec) {
    if (const std::string flaw = flaw_of(spec); !flaw.empty()) return {0, flaw};
    if (spec.id == 0) spec.id = next_room_id();
    return add(std::make_shared<Room>(std::move(spec)));
}

Added Fleet::add_task(TaskSpec spec) {
    return add(std::make_shared<Task>(next_task_id(), std::move(spec)));
}

Added Fleet::add(std::shared_ptr<Activity> activity) {
    {
        const auto lock = shared_->locked();
        if (const std::string why = problem_of_adding(*activity); !why.empty()) return {0, why};
        shared_->known.insert(activity->id);
        unplaced_++;
    }
    if (shared_->loop->post([this, activity] { place(activity); })) return {activity->id, ""};
    const auto lock = shared_->locked();
    shared_->known.erase(activity->id);
    unplaced_--;
    return {0, "thread " + std::to_string(id) + " has ended"};
}

std::string Fleet::problem_of_adding(const Activity &activity) const {
    const std::string thread = "thread " + std::to_string(id);
    if (state_ != ThreadState::Starting && state_ != ThreadState::Running)
        return thread + " takes no more rooms: it is " + std::string(name_of(state_));
    if (static_cast<int>(shared_->known.size()) >= options().capacity)
        return thread + " is full: it holds " + std::to_string(options().capacity) +
               " rooms and tasks";
    if (shared_->known.contains(activity.id))
        return "there is a room " + std::to_string(activity.id) + " already";
    if (!has_many() || !options().budget) return "";
    const int beyond = unplaced_ + 1 - places_; // what open VMs do not take
    if (beyond <= 0) return "";
    const int each = options().rooms_per_vm;
    const std::string why = options().budget->problem((beyond + each - 1) / each);
    if (why.empty()) return "";
    return options().room_wait > 0 && beyond <= options().waiting_rooms ? "" : why;
}

Engine::Answer Fleet::answer_for(const Done &done) const {
    return [shared = shared_, done](const std::string &problem) {
        if (done) shared->guarded([&] { done(problem); });
    };
}

void Fleet::submit(int activity, Done done, Work work) {
    const auto answer = answer_for(done);
    const bool posted = shared_->loop->post([this, activity, answer, work = std::move(work)] {
        deliver(activity, {work, answer});
    });
    if (!posted && done) done("thread " + std::to_string(id) + " has ended");
}

void Fleet::post(int activity, std::function<void(Engine &)> work) {
    if (!has_many()) {
        shared_->loop->post([this, work = std::move(work)] { work(*engines_.front()); });
        return;
    }
    submit(activity, {},
           [work = std::move(work)](Engine &engine, const Engine::Answer &) { work(engine); });
}

// One that waits for a VM has none to be asked.
void Fleet::close_room(int room, const std::string &reason, Done done) {
    const auto answer = answer_for(done);
    const bool posted = shared_->loop->post([this, room, reason, answer] {
        const auto waiting = find_waiting(room);
        if (waiting == waiting_.end())
            return deliver(room, {[room, reason](Engine &engine, const auto &its) {
                                      engine.close_room(room, reason, its);
                                  },
                                  answer});
        end_waiting(waiting, {Ending::Closed, reason, reason});
        answer("");
    });
    if (!posted && done) done("thread " + std::to_string(id) + " has ended");
}

void Fleet::drain() {
    shared_->loop->post([this] {
        if (state() != ThreadState::Running) return;
        set_state(ThreadState::Draining);
        if (has_many()) retire_spares();
    });
}

void Fleet::close(const std::string &reason) {
    shared_->loop->post([this, reason] { shut_down({Ending::Closed, reason, reason}); });
}

void Fleet::kill(const std::string &reason) {
    {
        const auto lock = shared_->locked();
        if (killed_) return;
        kill_reason_ = reason;
        killed_ = true;
    }
    std::vector<std::shared_ptr<Engine>> engines;
    {
        const auto lock = shared_->locked();
        engines = engines_;
    }
    for (const auto &engine : engines) engine->kill(reason);
    shared_->loop->post([this, reason] { // settle() sees to it
        if (!has_many()) engines_.front()->kill(reason);
    });
}

void Fleet::kill_vm_of(int activity, const std::string &reason, Done done) {
    if (!has_many()) {
        kill(reason);
        if (done) done("");
        return;
    }
    const auto answer = answer_for(done);
    const bool posted = shared_->loop->post([this, activity, reason, answer] {
        Engine *const engine = home_of(activity);
        if (!engine) return answer(no_such_room(activity));
        engine->kill(reason);
        engine->stir();
        answer("");
    });
    if (!posted && done) done("thread " + std::to_string(id) + " has ended");
}

std::shared_ptr<Engine> Fleet::engine_of(int vm) const {
    const auto lock = shared_->locked();
    const auto found =
        std::ranges::find_if(engines_, [vm](const auto &engine) { return engine->id == vm; });
    return found == engines_.end() ? nullptr : *found;
}

bool Fleet::kill_vm(int vm, const std::string &reason) {
    const auto engine = engine_of(vm);
    if (!engine) return false;
    if (!has_many()) return kill(reason), true;
    engine->kill(reason);
    return shared_->loop->post([engine] { engine->stir(); });
}

void Fleet::wait() {
    auto lock = shared_->locked();
    finish_.wait(lock, [&] { return finished_; });
}

void Fleet::join() { shared_->loop->join(); }

} // namespace fk::room
