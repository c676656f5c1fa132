// SPDX-License-Identifier: MIT
// The section about the memory of a VM, from its rest to its rest after games.
#include "bench.h"

#include "format.h"

namespace cli {

namespace {

// A moment of a VM's life: its name in a row, and in the figures of the probe.
struct When {
    const char *name, *key;
};
const When at_rest{"at rest", "rest"}, one_more{"one more child at rest", "child"};
const When tidy{"when tidy", "tidy"};
const When with_games[] = {{"in the middle of a game", "halfway"},
                           {"idle in the middle", "waiting"},
                           {"after it", "played"},
                           {"idle after it", "idle"}};

bool is(const When &when, const char *key) { return std::string(when.key) == key; }

Row row_of(const When &when, const std::string &who, const Reading &found, uint64_t rooms) {
    const auto figure = [&](const char *kind) {
        return found[(std::string(when.key) + kind).c_str()];
    };
    const bool is_child = is(when, "child"), is_rest = is(when, "rest") || is_child;
    const bool has_faults = is(when, "halfway") || is(when, "played");
    return {who + ", " + when.name,
            {figure("_private"), figure("_pss"), figure("_rss"),
             is_child ? unknown : figure("_copy"), is_child ? unknown : figure("_shared"),
             is_child ? unknown : figure("_lua"),
             is_rest ? unknown : (figure("_private") - found["rest_private"]) / double(rooms),
             has_faults ? figure("_faults") : unknown},
            {}};
}

// What a VM may keep after a game: a child that copies a template with many packages, little of it.
Target target_after_games(const std::string &backend, const Reading &found) {
    constexpr size_t private_ = 0, copy = 3;
    const bool many_packages = found["rest_lua"] > 10 * megabyte;
    if (!many_packages) return {private_, 5 * megabyte};
    return {copy, backend == "process" ? 10 * megabyte : 0};
}

// Returns how many games found no end.
double add_rows(Section &section, Bench &bench, const ProbeArguments &probe) {
    const Reading found = bench.measure(probe);
    const auto add = [&](const When &when, const std::string &who, const Target &target = {}) {
        section.rows.push_back(row_of(when, who, found, probe.rooms));
        if (bench.is_freekill() && target.most > 0) section.rows.back().target = target;
    };
    const std::string &backend = probe.vm.backend;
    std::string who = backend;
    if (probe.rooms == 1) {
        add(at_rest, who);
        if (backend == "process") add(one_more, who, {0, 0.1 * megabyte});
    } else {
        who += ", " + plural(probe.rooms, "room", "rooms");
    }
    for (const When &when : with_games)
        add(when, who,
            probe.rooms == 1 && is(when, "idle") ? target_after_games(backend, found) : Target{});
    if (found["untidy"] > 0) {
        add(tidy, who);
        section.note += " " + who + ": tidy after " + fixed(found["tidy_s"], 1) + " s.";
    }
    return double(probe.vms * probe.rooms) - found["ended"];
}

} // namespace

Section bench_memory(Bench &bench) {
    constexpr int seats = 3;                // so that it is over soon, and its room gone
    constexpr uint64_t most_resumes = 5000; // of one that finds no end
    constexpr uint64_t halfway = 20;        // resumes: few games are over by then
    Section section{"memory",
                    "Memory of a VM, templates included",
                    {{"private", "private", Unit::Bytes},
                     {"pss", "PSS", Unit::Bytes},
                     {"rss", "RSS", Unit::Bytes},
                     {"copy", "of a copy", Unit::Bytes},
                     {"shared", "shared", Unit::Ratio},
                     {"lua", "held by Lua", Unit::Bytes},
                     {"private_room", "more a room", Unit::Bytes},
                     {"faults", "faults a game", Unit::Count}},
                    {},
                    {},
                    {}};
    double endless = 0;
    for (const uint64_t rooms : {uint64_t{1}, bench.sizes().memory_rooms})
        for (const std::string &backend : bench.backends()) {
            const auto &sizes = bench.sizes();
            ProbeArguments probe =
                bench.crowd(backend, rooms == 1 ? sizes.memory : sizes.memory_crowded);
            probe.seconds = sizes.idle_seconds;
            probe.players = seats;
            probe.rooms = rooms;
            probe.halfway = halfway;
            probe.longest = most_resumes;
            endless += add_rows(section, bench, probe);
        }
    section.note = "Of " + plural(bench.sizes().memory, "VM", "VMs") + " with a room each, and " +
                   plural(bench.sizes().memory_crowded, "VM", "VMs") + " with more; games of " +
                   std::to_string(seats) + " players, the middle is after " +
                   std::to_string(halfway) + " resumes; idle for " +
                   fixed(bench.sizes().idle_seconds, 1) +
                   " s; of a copy: private memory of its child, and the shared part of its RSS." +
                   section.note;
    if (endless > 0)
        section.note += " Given up after " + grouped(most_resumes) +
                        " resumes: " + plural(uint64_t(endless), "game", "games") + ".";
    return section;
}

} // namespace cli
