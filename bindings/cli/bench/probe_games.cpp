// SPDX-License-Identifier: MIT
// Probes that play: one VM, many at once, again and again.
#include "probes.h"

#include "stage.h"

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

namespace cli {

namespace {

double per_notify(int64_t ns, uint64_t notifies) {
    return notifies ? double(ns) / 1e3 / double(notifies) : 0;
}

} // namespace

std::string probe_game(const ProbeArguments &arguments) {
    Stage stage(arguments);
    const auto &games = stage.play(arguments.games);
    const Spent spent = spent_on(games);
    const uint64_t notifies = notifies_of(games);
    uint64_t ended = 0;
    for (const Game &game : games) ended += game.ended;
    const fk_stats stats = stage.vm().stats();
    return JsonObject()
        .add("cpu_us", per_notify(spent.cpu(), notifies))
        .add("wall_us", per_notify(spent.wall, notifies))
        .add("notifies", notifies)
        .add("ended", ended)
        .add("wire_bytes", stats.bytes_in + stats.bytes_out)
        .text();
}

// Each thread plays one game after another on a VM of its own, until the time is up: none ends
// early.
std::string probe_parallel(const ProbeArguments &arguments) {
    std::vector<std::unique_ptr<Stage>> stages;
    while (stages.size() < arguments.vms) stages.push_back(std::make_unique<Stage>(arguments));
    std::atomic<uint64_t> notifies = 0;
    std::atomic<bool> over = false;
    std::vector<std::future<void>> threads;
    const auto cpu = [&] {
        int64_t sum = own_cpu_ns();
        for (const auto &stage : stages) sum += cpu_ns_of(stage->vm().stats().pid);
        return sum;
    };
    const int64_t start = monotonic_ns(), cpu_start = cpu();
    for (const auto &stage : stages)
        threads.push_back(std::async(std::launch::async, [&, &stage = *stage] {
            while (!over) {
                stage.begin(1);
                while (!over && stage.step()) {
                }
                notifies += stage.notifies();
                stage.games();
            }
        }));
    const int64_t end = start + int64_t(arguments.seconds * 1e9);
    while (monotonic_ns() < end) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    over = true;
    for (auto &thread : threads) thread.wait();
    const double seconds = double(monotonic_ns() - start) / 1e9;
    const int64_t spent = cpu() - cpu_start;
    for (auto &thread : threads) thread.get();
    return JsonObject()
        .add("notifies", notifies.load())
        .add("per_second", double(notifies) / seconds)
        .add("cpu_us", per_notify(spent, notifies))
        .text();
}

std::string probe_rounds(const ProbeArguments &arguments) {
    JsonArray resident;
    resident.raw(std::to_string(memory_of(0).resident));
    for (uint64_t round = 0; round < arguments.count; round++) {
        std::vector<std::unique_ptr<Stage>> stages;
        for (uint64_t i = 0; i < arguments.vms; i++)
            stages.push_back(std::make_unique<Stage>(arguments));
        for (const auto &stage : stages) stage->play(arguments.games);
        for (const auto &stage : stages) stage->close();
        stages.clear();
        resident.raw(std::to_string(memory_of(0).resident));
    }
    return JsonObject().raw("resident", resident.text()).text();
}

std::string probe_endurance(const ProbeArguments &arguments) {
    JsonArray server, child, lua;
    Stage stage(arguments);
    const auto look = [&] {
        const Footprint memory = footprint();
        server.raw(std::to_string(memory.own.resident));
        child.raw(std::to_string(memory.children.resident));
        lua.raw(std::to_string(stage.vm().stats().memory));
    };
    look();
    uint64_t notifies = 0;
    for (uint64_t game = 0; game < arguments.games; game++) {
        notifies += notifies_of(stage.play(1));
        look();
    }
    return JsonObject()
        .raw("server", server.text())
        .raw("child", child.text())
        .raw("lua", lua.text())
        .add("notifies", notifies)
        .text();
}

} // namespace cli
