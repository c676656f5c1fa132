// SPDX-License-Identifier: MIT
// What other threads may do with an engine: ask for work on its own thread, end it, look at it.
#include "engine.h"

#include <algorithm>

namespace fk::room {

ThreadState Engine::state() const {
    const auto lock = locked();
    return state_;
}

std::optional<Error> Engine::error() const {
    const auto lock = locked();
    return error_;
}

void Engine::submit(Done done, std::function<std::string()> job) {
    const bool posted = loop_->post([this, done, job = std::move(job)] {
        resume_all();
        const std::string problem = job();
        if (done) guarded([&] { done(problem); });
    });
    if (!posted && done) done("thread " + std::to_string(id) + " has ended");
}

void Engine::drain() {
    loop_->post([this] {
        if (state() == ThreadState::Running) set_state(ThreadState::Draining);
    });
}

void Engine::close(const std::string &reason) {
    loop_->post([this, reason] {
        if (!gone_) shut_down({Ending::Closed, reason, reason});
    });
}

void Engine::kill(const std::string &reason) {
    {
        const auto lock = locked();
        if (killed_) return;
        kill_reason_ = reason;
        killed_ = true;
        if (handle_) fk_vm_interrupt(handle_);
    }
    loop_->post([] {}); // settle() sees to it
}

void Engine::wait() {
    auto lock = locked();
    finish_.wait(lock, [&] { return finished_; });
}

void Engine::call_function(std::string function, Value params,
                           std::function<void(Value, const std::string &)> answer) {
    const auto &allowed = options_.functions;
    if (std::find(allowed.begin(), allowed.end(), function) == allowed.end())
        return answer(nullptr, "the function " + function + " is not in ThreadOptions::functions");
    submit(
        [answer](const std::string &problem) {
            if (!problem.empty()) answer(nullptr, problem);
        },
        [this, function, shared = std::shared_ptr<fk_value>(std::move(params)), answer] {
            if (dead_ || gone_) return std::string("the VM is gone");
            fk_value *result = nullptr;
            if (fk_vm_call(vm_.get(), function.c_str(), shared.get(), &result) != FK_OK) {
                const Error error(*fk_error_last());
                call_failed(0, error);
                return std::string(error.what());
            }
            answer(Value(result), "");
            return std::string();
        });
}

ThreadInfo Engine::info() const {
    ThreadInfo info{};
    const auto lock = locked();
    info.id = id;
    info.state = state_;
    info.capacity = options_.capacity;
    for (const int activity : known_) (activity > 0 ? info.rooms : info.tasks)++;
    for (const auto &[number, activity] : activities_) {
        if (number < 0) continue;
        const auto &room = static_cast<const Room &>(*activity);
        info.players += static_cast<int>(room.players.size());
        info.observers += static_cast<int>(room.observers.size());
    }
    info.seconds = std::chrono::duration<double>(Clock::now() - since_).count();
    info.rooms_ended = ended_rooms_.value();
    info.rooms_lost = lost_rooms_.value();
    if (error_) info.problem = error_->what();
    info.vm.numbers = FK_STATS_INIT;
    if (handle_) fk_vm_stats(handle_, &info.vm.numbers);
    const auto take = [](const char *&text) {
        const std::string copy = text ? text : "";
        text = nullptr;
        return copy;
    };
    info.vm.backend = take(info.vm.numbers.backend);
    info.vm.sandbox = take(info.vm.numbers.sandbox_reached);
    return info;
}

std::vector<RoomInfo> Engine::rooms() const {
    std::vector<RoomInfo> list;
    const auto lock = locked();
    for (const auto &[number, activity] : activities_)
        if (number > 0) list.push_back(describe(static_cast<const Room &>(*activity), id));
    return list;
}

bool Engine::has(int activity) const {
    const auto lock = locked();
    return known_.contains(activity);
}

int Engine::load() const {
    const auto lock = locked();
    return static_cast<int>(known_.size());
}

} // namespace fk::room
