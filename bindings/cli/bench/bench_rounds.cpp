// SPDX-License-Identifier: MIT
// Sections about memory over rounds of VMs and over games.
#include "bench.h"

#include "format.h"

namespace cli {

namespace {

const double a_megabyte = 1e6;

} // namespace

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
        row.target = Target{3, (backend == "embedded" ? 2 : 1) * a_megabyte};
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
