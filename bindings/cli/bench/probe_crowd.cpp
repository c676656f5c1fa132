// SPDX-License-Identifier: MIT
// Many VMs, each with rooms: what one takes to open, at rest, after its games and when it has been
// idle.
#include "probes.h"

#include "moment.h"
#include "summary.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace cli {

namespace {

void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }

// One step of each VM in turn, as a server with that many would do it. steps 0: to the end. Adds
// to over each that is over now: soon it tidies up.
void play_in_turn(const Stages &stages, uint64_t steps, Children &over) {
    std::vector<Stage *> going;
    for (const auto &stage : stages)
        if (!stage->over()) going.push_back(stage.get());
    const auto ends = [&](Stage *stage) {
        if (stage->step()) return false;
        over.look_at(*stage);
        return true;
    };
    for (uint64_t i = 0; !going.empty() && (steps == 0 || i < steps); i++)
        std::erase_if(going, ends);
}

// VMs that could still give memory back.
uint64_t untidy(const Stages &stages) {
    return uint64_t(std::count_if(stages.begin(), stages.end(), [](const auto &stage) {
        return stage->vm().stats().wants_poll != 0;
    }));
}

// As a server's event loop does it; until all are tidy, or that time is over. Returns the seconds.
double idle(const Stages &stages, double seconds, bool until_tidy) {
    const int64_t start = monotonic_ns(), end = start + int64_t(seconds * 1e9);
    do {
        for (const auto &stage : stages)
            if (fk_vm_poll(stage->handle()) != FK_OK) throw_last("an idle VM");
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    } while (monotonic_ns() < end && (!until_tidy || untidy(stages) > 0));
    return double(monotonic_ns() - start) / 1e9;
}

// Opens them in a row. The first has no template, the second starts it.
Stages open_all(const ProbeArguments &arguments, JsonObject &object) {
    const Moment before;
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
    const Moment now;
    now.add_to(object, "rest", before, stages);
    Footprint children_then = with_two,
              children_now = now.memory; // what this program keeps of a VM is not the library's
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

// Memory and page faults of games, one in each room.
void play(const ProbeArguments &arguments, const Stages &stages, const Moment &before,
          JsonObject &object) {
    const uint64_t rooms = arguments.rooms;
    const auto faults_a_room = [&, own = page_faults_of(0),
                                start = Children(stages).page_faults()](const Children &now) {
        const bool embedded = start == 0;
        const uint64_t faults = embedded ? page_faults_of(0) - own : now.page_faults() - start;
        return double(faults) / double(stages.size() * rooms);
    };
    Children over;
    for (const auto &stage : stages) stage->begin(rooms, rooms);
    if (arguments.halfway) {
        play_in_turn(stages, arguments.halfway * rooms, over);
        object.add("halfway_faults", faults_a_room(Children(stages)));
        Moment().add_to(object, "halfway", before, stages);
        idle(stages, arguments.seconds, false); // as while people think
        Moment().add_to(object, "waiting", before, stages);
    }
    play_in_turn(stages, 0, over);
    object.add("played_faults", faults_a_room(over));
    Moment().add_to(object, "played", before, stages, over);
}

void add_costs(const Stages &stages, JsonObject &object) {
    Spent spent;
    uint64_t notifies = 0, ended = 0;
    for (const auto &stage : stages) {
        const auto &games = stage->games();
        spent += spent_on(games);
        notifies += notifies_of(games);
        for (const Game &game : games) ended += game.game_over;
    }
    object.add("cpu_us", notifies ? double(spent.cpu()) / 1e3 / double(notifies) : 0)
        .add("notifies", notifies)
        .add("ended", ended);
}

// After that time, and when embedded VMs have given back what they can.
void look_at_idle(double seconds, const Stages &stages, const Moment &before, JsonObject &object) {
    constexpr double longest = 15;
    idle(stages, seconds, false);
    Moment().add_to(object, "idle", before, stages);
    const uint64_t left = untidy(stages);
    const double more = left > 0 ? idle(stages, longest, true) : 0;
    Moment().add_to(object, "tidy", before, stages);
    object.add("untidy", left).add("tidy_s", seconds + more);
}

} // namespace

std::string probe_crowd(const ProbeArguments &arguments) {
    raise_descriptor_limit();
    const Moment before;
    JsonObject object;
    const Stages stages = open_all(arguments, object);
    if (arguments.after_pause) object.add("open_after_pause_us", open_after_pause_us(arguments));
    play(arguments, stages, before, object);
    add_costs(stages, object);
    if (arguments.seconds > 0) look_at_idle(arguments.seconds, stages, before, object);
    return object.text();
}

} // namespace cli
