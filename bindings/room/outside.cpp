// SPDX-License-Identifier: MIT
// What other threads may do with a thread of rooms: ask for work, end it, look at it.
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

VmStats sum_of(const std::vector<VmInfo> &vms) {
    if (vms.empty()) return stats_of(nullptr);
    VmStats sum = vms.front().vm;
    if (vms.size() == 1) return sum;
    sum.numbers.pid = 0;
    for (size_t i = 1; i < vms.size(); i++) {
        const fk_stats &one = vms[i].vm.numbers;
        sum.numbers.memory += one.memory;
        sum.numbers.memory_peak += one.memory_peak;
        sum.numbers.rss += one.rss;
        sum.numbers.calls += one.calls;
        sum.numbers.errors += one.errors;
        sum.numbers.requests += one.requests;
        sum.numbers.notifications += one.notifications;
        sum.numbers.bytes_in += one.bytes_in;
        sum.numbers.bytes_out += one.bytes_out;
        sum.numbers.vm_ns += one.vm_ns;
        sum.numbers.host_ns += one.host_ns;
    }
    return sum;
}

} // namespace

ThreadState Fleet::state() const {
    const auto lock = shared_->locked();
    return state_;
}

std::optional<Error> Fleet::error() const {
    const auto lock = shared_->locked();
    return error_;
}

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
    const bool posted = shared_->loop->post(
        [this, activity, answer, work = std::move(work)] { deliver(activity, answer, work); });
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
        Waiting *const waiting = find_waiting(room);
        if (!waiting)
            return deliver(room, answer, [room, reason](Engine &engine, const auto &its) {
                engine.close_room(room, reason, its);
            });
        const auto activity = waiting->activity;
        const auto work = std::move(waiting->work);
        std::erase_if(waiting_, [&](const Waiting &each) { return each.activity == activity; });
        {
            const auto lock = shared_->locked();
            shared_->known.erase(room);
            unplaced_--;
        }
        shared_->say_end(*activity, {Ending::Closed, reason, reason});
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

void Fleet::wait() {
    auto lock = shared_->locked();
    finish_.wait(lock, [&] { return finished_; });
}

void Fleet::join() { shared_->loop->join(); }

void Fleet::call_function(std::string function, Value params,
                          std::function<void(Value, const std::string &)> answer) {
    const auto &allowed = options().functions;
    if (std::find(allowed.begin(), allowed.end(), function) == allowed.end())
        return answer(nullptr, "the function " + function + " is not in ThreadOptions::functions");
    int room = 0;
    if (params && params->kind == FK_ARRAY && params->size && params->items[0].kind == FK_INT)
        room = static_cast<int>(params->items[0].integer);
    const auto failed = [answer](const std::string &problem) {
        if (!problem.empty()) answer(nullptr, problem);
    };
    const bool posted = shared_->loop->post([this, function, room,
                                             shared = std::shared_ptr<fk_value>(std::move(params)),
                                             answer, failed] {
        Engine *const engine = one_to_look_at(room);
        if (!engine)
            return failed("which VM? Give the id of one of its rooms as the first parameter");
        if (!engine->run([engine, function, shared, answer] {
                engine->call_function(function, shared.get(), answer);
            }))
            failed("too much waits for this VM already: it is busy");
    });
    if (!posted) failed("thread " + std::to_string(id) + " has ended");
}

// Without a room there must be one VM alone that may be meant, or none that has rooms.
Engine *Fleet::one_to_look_at(int room) const {
    if (Engine *const home = home_of(room)) return home;
    std::set<Engine *> found;
    for (const auto &[activity, engine] : shared_->homes) found.insert(engine);
    if (found.empty())
        for (const auto &engine : engines_)
            if (!engine->is_gone()) return engine.get();
    return found.size() == 1 ? *found.begin() : nullptr;
}

// ---- looking ------------------------------------------------------------------------------------

ThreadInfo Fleet::info() const {
    ThreadInfo info{};
    std::vector<RoomInfo> list = rooms();
    const auto lock = shared_->locked();
    info.id = id;
    info.state = state_;
    info.capacity = options().capacity;
    for (const int activity : shared_->known) (activity > 0 ? info.rooms : info.tasks)++;
    for (const RoomInfo &room : list) {
        info.players += static_cast<int>(room.players.size());
        info.observers += static_cast<int>(room.observers.size());
    }
    info.seconds = std::chrono::duration<double>(Clock::now() - since_).count();
    info.rooms_ended = shared_->ended_rooms.value();
    info.rooms_lost = shared_->lost_rooms.value();
    if (error_) info.problem = error_->what();
    info.waiting = unplaced_;
    info.vms_opened = vms_opened_;
    info.vms_died = vms_died_;
    for (const auto &engine : engines_) info.vms.push_back(engine->info());
    for (const VmInfo &vm : info.vms) info.spares += vm.rooms.empty();
    info.vm = sum_of(info.vms);
    return info;
}

std::vector<RoomInfo> Fleet::rooms() const {
    std::vector<RoomInfo> list;
    const auto lock = shared_->locked();
    for (const auto &engine : engines_) engine->describe(list);
    return list;
}

bool Fleet::has(int activity) const {
    const auto lock = shared_->locked();
    return shared_->known.contains(activity);
}

int Fleet::load() const {
    const auto lock = shared_->locked();
    return static_cast<int>(shared_->known.size());
}

} // namespace fk::room
