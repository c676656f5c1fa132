// SPDX-License-Identifier: MIT
// What is seen of a VM, and the functions of scripts that look for admins.
#include "budget.h"
#include "engine.h"

namespace fk::room {

VmStats stats_of(fk_vm *vm) {
    VmStats stats{};
    stats.numbers = FK_STATS_INIT;
    if (vm) fk_vm_stats(vm, &stats.numbers);
    const auto take = [](const char *&text) {
        const std::string copy = text ? text : "";
        text = nullptr;
        return copy;
    };
    stats.backend = take(stats.numbers.backend);
    stats.sandbox = take(stats.numbers.sandbox_reached);
    return stats;
}

VmInfo Engine::info() const {
    VmInfo info{};
    info.id = id;
    for (const auto &[number, activity] : activities_) info.rooms.push_back(number);
    info.held = held_;
    info.vm = stats_of(handle_);
    return info;
}

void Engine::describe(std::vector<RoomInfo> &rooms) const {
    for (const auto &[number, activity] : activities_)
        if (number > 0)
            rooms.push_back(room::describe(static_cast<const Room &>(*activity), shared_->thread));
}

void Engine::measure() {
    fk_stats stats = FK_STATS_INIT;
    {
        const auto lock = locked();
        if (!handle_) return;
        fk_vm_stats(handle_, &stats);
    }
    held_ = stats.pid ? own_bytes_of(stats.pid) : stats.memory;
}

void Engine::call_function(const std::string &function, const fk_value *params,
                           std::function<void(Value, const std::string &)> answer) {
    if (dead_ || gone_) return answer(nullptr, "the VM is gone");
    if (manner_ == Manner::Begins) {
        fk_value *copy = nullptr;
        if (params) check(fk_value_copy(params, &copy));
        return ask({0, function, Value(copy),
                    [answer](std::optional<Value> result, const std::optional<Error> &error) {
                        if (result) return answer(std::move(*result), "");
                        answer(nullptr, error ? error->what() : "the VM is gone");
                    }});
    }
    fk_value *result = nullptr;
    if (fk_vm_call(vm_.get(), function.c_str(), params, &result) == FK_OK)
        return answer(Value(result), "");
    const Error error(*fk_error_last());
    call_failed(0, error);
    answer(nullptr, error.what());
}

} // namespace fk::room
