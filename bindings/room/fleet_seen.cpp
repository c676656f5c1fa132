// SPDX-License-Identifier: MIT
// What is seen of a thread and its VMs, and the functions of scripts that look for admins.
#include "fleet.h"

#include <algorithm>

namespace fk::room {

namespace {

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
