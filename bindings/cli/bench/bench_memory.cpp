// SPDX-License-Identifier: MIT
// Sections about memory and about how cost grows with VMs, rooms, rounds and games.
#include "bench.h"

#include "format.h"
#include "summary.h"

#include <algorithm>

namespace cli {

namespace {

const double megabyte = 1e6;

ProbeArguments crowd(Bench &bench, const std::string &backend, uint64_t vms) {
    ProbeArguments probe = bench.probe("crowd", backend);
    probe.vms = vms;
    probe.seconds = 0;
    return probe;
}

// Whether the system has the memory for that many VMs of that size.
bool fits(uint64_t vms, double each) {
    FILE *file = fopen("/proc/meminfo", "re");
    unsigned long available = 0;
    char line[128];
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %lu kB", &available) == 1) break;
    if (file) fclose(file);
    return double(vms) * each < double(available) * 1024 * 0.6;
}

} // namespace

Section bench_open(Bench &bench) {
    constexpr uint64_t after_pause = 21;
    Section section{"open",
                    "Opening a VM with its scripts",
                    {{"first_ms", "the first", Unit::Milliseconds},
                     {"in_a_row_ms", "in a row", Unit::Milliseconds},
                     {"ms", "after a pause", Unit::Milliseconds},
                     {"private", "private", Unit::Bytes},
                     {"template", "of a template", Unit::Count}},
                    {},
                    {},
                    {}};
    for (const std::string &backend : bench.backends())
        for (const bool no_template : {false, true}) {
            if (no_template && backend == "embedded") continue;
            ProbeArguments probe = crowd(bench, backend, bench.sizes().open);
            probe.longest = 1;
            probe.after_pause = after_pause;
            probe.vm.no_template = no_template;
            const Reading found = bench.measure(probe);
            Row row{backend + (no_template ? ", no template" : ""),
                    {found["open_first_us"] / 1e3, found["open_us"] / 1e3,
                     found["open_after_pause_us"] / 1e3, found["rest_private"], found["template"]},
                    {}};
            if (backend == "process" && !no_template) row.target = Target{2, 0.5};
            section.rows.push_back(std::move(row));
        }
    section.note = "Medians of " + plural(bench.sizes().open, "VM", "VMs") +
                   " that stay open, and of " + std::to_string(after_pause) +
                   " opened and closed 5 ms apart; memory each, templates included.";
    return section;
}

Section bench_memory(Bench &bench) {
    constexpr int seats = 3;                // so that it is over soon, and its room gone
    constexpr uint64_t most_resumes = 5000; // of one that finds no end
    Section section{"memory",
                    "Memory of a VM, templates included",
                    {{"private", "private", Unit::Bytes},
                     {"pss", "PSS", Unit::Bytes},
                     {"rss", "RSS", Unit::Bytes}},
                    {},
                    {},
                    {}};
    for (const std::string &backend : bench.backends()) {
        ProbeArguments probe = crowd(bench, backend, bench.sizes().memory);
        probe.seconds = bench.sizes().idle_seconds;
        probe.players = seats;
        probe.longest = most_resumes;
        const Reading found = bench.measure(probe);
        const std::pair<const char *, const char *> moments[] = {
            {"at rest", "rest"},
            {"one more child at rest", "child"},
            {"after a game", "played"},
            {"idle after it", "idle"}};
        for (const auto &[name, key] : moments) {
            const bool is_child = std::string(key) == "child";
            if (is_child && backend == "embedded") continue;
            const auto figure = [&, key = key](const char *kind) {
                return found[(std::string(key) + kind).c_str()];
            };
            Row row{
                backend + ", " + name, {figure("_private"), figure("_pss"), figure("_rss")}, {}};
            if (std::string(key) == "idle" && bench.is_freekill())
                row.target = Target{0, 5 * megabyte};
            if (is_child && bench.is_freekill()) row.target = Target{0, 0.1 * megabyte};
            section.rows.push_back(std::move(row));
        }
    }
    section.note = "Of " + plural(bench.sizes().memory, "VM", "VMs") + ", each with one game of " +
                   std::to_string(seats) + " players; idle for " +
                   fixed(bench.sizes().idle_seconds, 1) + " s.";
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

Section bench_growth(Bench &bench) {
    Section section{"growth",
                    "More VMs, and more rooms a VM",
                    {{"vms", "VMs", Unit::Count},
                     {"rooms", "rooms a VM", Unit::Count},
                     {"open_ms", "open a VM", Unit::Milliseconds},
                     {"private", "private a VM", Unit::Bytes},
                     {"private_room", "more a room", Unit::Bytes},
                     {"cpu_us", "CPU a notify", Unit::Microseconds}},
                    {},
                    {},
                    {}};
    for (const std::string &backend : bench.backends()) {
        double each = 0;
        const auto add = [&](uint64_t vms, uint64_t rooms) {
            if (!fits(vms, each)) {
                section.note += backend + ": " + grouped(vms) +
                                " VMs do not fit into the memory that is free. ";
                return;
            }
            ProbeArguments probe = crowd(bench, backend, vms);
            probe.rooms = rooms;
            probe.longest = bench.sizes().growth_longest;
            const Reading found = bench.measure(probe);
            each = std::max(found["played_private"], each);
            section.rows.push_back(
                {backend,
                 {double(vms), double(rooms), found["open_us"] / 1e3, found["rest_private"],
                  (found["played_private"] - found["rest_private"]) / double(rooms),
                  found["cpu_us"]},
                 {}});
        };
        for (const uint64_t vms : bench.sizes().vms) add(vms, 1);
        for (const uint64_t rooms : bench.sizes().rooms)
            if (rooms > 1) add(1, rooms);
    }
    section.note += "Each room plays its first " +
                    plural(bench.sizes().growth_longest, "resume", "resumes") + ".";
    return section;
}

} // namespace cli
