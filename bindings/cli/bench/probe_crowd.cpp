// SPDX-License-Identifier: MIT
// Many VMs, each with rooms: what one takes to open, at rest, after its games and when it has been
// idle.
#include "probes.h"

#include "stage.h"
#include "summary.h"

#include <chrono>
#include <thread>

namespace cli {

namespace {

void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }

// Of one VM: what they all added to the server and to its children.
void add_memory(JsonObject &object, const std::string &when, const Footprint &before,
                const Footprint &now, uint64_t vms) {
    const auto each = [&](uint64_t Memory::*kind) {
        const double own = double(now.own.*kind) - double(before.own.*kind);
        const double children = double(now.children.*kind) - double(before.children.*kind);
        return (own + children) / double(vms);
    };
    object.add(when + "_private", each(&Memory::private_))
        .add(when + "_pss", each(&Memory::proportional))
        .add(when + "_rss", each(&Memory::resident));
}

using Stages = std::vector<std::unique_ptr<Stage>>;

// One step of each VM in turn, as a server with that many would do it.
void play_in_turn(const Stages &stages, uint64_t rooms) {
    for (const auto &stage : stages) stage->begin(rooms, rooms);
    for (bool any = true; any;) {
        any = false;
        for (const auto &stage : stages) any |= stage->step();
    }
}

void idle(const Stages &stages, double seconds) {
    const int64_t end = monotonic_ns() + int64_t(seconds * 1e9);
    do {
        for (const auto &stage : stages)
            if (fk_vm_poll(stage->handle()) != FK_OK) throw_last("an idle VM");
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    } while (monotonic_ns() < end);
}

// Opens them in a row. The first has no template, the second starts it.
Stages open_all(const ProbeArguments &arguments, JsonObject &object) {
    const Footprint before = footprint();
    Footprint with_two;
    Stages stages;
    std::vector<double> open_us;
    while (stages.size() < arguments.vms) {
        stages.push_back(std::make_unique<Stage>(arguments));
        open_us.push_back(stages.back()->open_us());
        if (stages.size() != 2) continue;
        pause(); // its spare is a part of the template
        with_two = footprint();
    }
    pause();
    object.add("open_first_us", open_us.front());
    if (open_us.size() > 1) open_us.erase(open_us.begin());
    object.add("open_us", median(open_us))
        .add("template", stages.back()->vm().stats().from_template);
    const Footprint now = footprint();
    add_memory(object, "rest", before, now, arguments.vms);
    Footprint children_then = with_two,
              children_now = now; // what this program keeps of a VM is not the library's
    children_then.own = children_now.own = {};
    if (arguments.vms > 2)
        add_memory(object, "child", children_then, children_now, arguments.vms - 2);
    return stages;
}

// One more VM, as a server opens them: now and then.
double open_after_pause_us(const ProbeArguments &arguments) {
    std::vector<double> open_us;
    while (open_us.size() < arguments.after_pause) {
        pause();
        open_us.push_back(Stage(arguments).open_us());
    }
    return median(open_us);
}

} // namespace

std::string probe_crowd(const ProbeArguments &arguments) {
    raise_descriptor_limit();
    const Footprint before = footprint();
    JsonObject object;
    const Stages stages = open_all(arguments, object);
    if (arguments.after_pause) object.add("open_after_pause_us", open_after_pause_us(arguments));

    const Stopwatch watch(0);
    play_in_turn(stages, arguments.rooms);
    Spent spent;
    uint64_t notifies = 0;
    for (const auto &stage : stages) {
        spent += spent_on(stage->games());
        notifies += notifies_of(stage->games());
    }
    object.add("cpu_us", notifies ? double(spent.cpu()) / 1e3 / double(notifies) : 0)
        .add("notifies", notifies);
    add_memory(object, "played", before, footprint(), arguments.vms);
    if (arguments.seconds > 0) {
        idle(stages, arguments.seconds);
        add_memory(object, "idle", before, footprint(), arguments.vms);
    }
    return object.text();
}

} // namespace cli
