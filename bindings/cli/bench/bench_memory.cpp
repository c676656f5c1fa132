// SPDX-License-Identifier: MIT
// Sections about memory: of a VM and its games, over rounds and over games.
#include "bench.h"

#include "format.h"

namespace cli {

namespace {

const double megabyte = 1e6;

// A moment of a VM's life: its name in a row, and in the figures of the probe.
struct When {
    const char *name, *key;
};
const When at_rest{"at rest", "rest"}, one_more{"one more child at rest", "child"};
const When with_games[] = {
    {"in the middle of a game", "halfway"}, {"after it", "played"}, {"idle after it", "idle"}};

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

// Games that found no end, and VMs that could still give memory back after they were idle.
struct Leftovers {
    double games = 0, vms = 0;
};

Leftovers add_rows(Section &section, Bench &bench, const ProbeArguments &probe) {
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
    return {double(probe.vms * probe.rooms) - found["ended"], found["untidy"]};
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
    Leftovers left;
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
            const Leftovers more = add_rows(section, bench, probe);
            left.games += more.games;
            left.vms += more.vms;
        }
    section.note = "Of " + plural(bench.sizes().memory, "VM", "VMs") + " with a room each, and " +
                   plural(bench.sizes().memory_crowded, "VM", "VMs") + " with more; games of " +
                   std::to_string(seats) + " players, the middle is after " +
                   std::to_string(halfway) + " resumes; idle for " +
                   fixed(bench.sizes().idle_seconds, 1) +
                   " s; of a copy: private memory of its child, and the shared part of its RSS.";
    if (left.games > 0)
        section.note += " Given up after " + grouped(most_resumes) +
                        " resumes: " + plural(uint64_t(left.games), "game", "games") + ".";
    if (left.vms > 0)
        section.note += " Not tidy yet after that time: " +
                        plural(uint64_t(left.vms), "embedded VM", "embedded VMs") + ".";
    return section;
}

Section bench_rounds(Bench &bench) {
    Section section{"rounds",
                    "RSS of the server over rounds of open, a game, close",
                    {{"start", "at the start", Unit::Bytes},
                     {"first", "after one", Unit::Bytes},
                     {"last", "after all", Unit::Bytes},
                     {"growth", "since the start", Unit::Bytes}},
                    {},
                    {},
                    {}};
    for (const std::string &backend : bench.backends()) {
        ProbeArguments probe = bench.probe("rounds", backend);
        probe.count = bench.sizes().rounds;
        probe.longest = bench.sizes().longest / 10;
        probe.vms = bench.sizes().round_vms;
        const std::vector<double> resident = bench.measure(probe).list("resident");
        Row row{backend,
                {resident[0], resident[1], resident.back(), resident.back() - resident[0]},
                {}};
        row.target = Target{3, (backend == "embedded" ? 2 : 1) * megabyte};
        section.rows.push_back(std::move(row));
        section.series.emplace_back(backend, resident);
    }
    section.note = plural(bench.sizes().rounds, "round", "rounds") + " of " +
                   plural(bench.sizes().round_vms, "VM", "VMs") + ".";
    return section;
}

Section bench_endurance(Bench &bench) {
    Section section{"endurance",
                    "Memory over games on one VM",
                    {{"first", "after one", Unit::Bytes},
                     {"half", "after half", Unit::Bytes},
                     {"last", "after all", Unit::Bytes},
                     {"games", "games", Unit::Count},
                     {"notifies", "notifies", Unit::Count}},
                    {},
                    {},
                    {}};
    for (const std::string &backend : bench.backends()) {
        ProbeArguments probe = bench.probe("endurance", backend);
        probe.games = bench.sizes().endurance;
        probe.longest = 0;
        const Reading found = bench.measure(probe);
        const auto add = [&](const std::string &name, const char *key) {
            const std::vector<double> points = found.list(key);
            section.rows.push_back({name,
                                    {points[1], points[points.size() / 2], points.back(),
                                     double(points.size() - 1), found["notifies"]},
                                    {}});
            section.series.emplace_back(name, points);
        };
        add(backend + ", RSS of the server", "server");
        if (backend == "process") add("process, RSS of the child", "child");
        add(backend + ", held by Lua", "lua");
    }
    return section;
}

} // namespace cli
