// SPDX-License-Identifier: MIT
// The section about a server's memory over a day of updates, beside one that embeds Lua itself.
#include "bench.h"

#include "format.h"

#include <algorithm>

namespace cli {

namespace {

void add_curve(Section &section, const std::string &name, const std::vector<double> &points) {
    const double most = *std::max_element(points.begin(), points.end());
    section.rows.push_back({name, {points.front(), most, points.back()}, {}});
    section.series.emplace_back(name, points);
}

} // namespace

Section bench_updates(Bench &bench) {
    constexpr int seats = 3; // so that games are over soon
    Section section{"updates",
                    "Memory of a server over a day, with an update each hour",
                    {{"start", "at the start", Unit::Bytes},
                     {"most", "at most", Unit::Bytes},
                     {"end", "all VMs closed", Unit::Bytes}},
                    {},
                    {},
                    {}};
    ProbeArguments probe = bench.probe("updates", "");
    probe.vms = bench.sizes().parallel;
    probe.count = bench.sizes().updates;
    probe.players = seats;
    probe.longest = bench.sizes().longest;
    probe.games = bench.is_freekill() ? 1 : 10;
    if (const auto found = bench.measure_states(probe))
        add_curve(section, "lua_State, RSS of the server", found->list("server"));
    for (const std::string &backend : bench.backends()) {
        probe.vm.backend = backend;
        const Reading found = bench.measure(probe);
        add_curve(section, backend + ", RSS of the server", found.list("server"));
        if (backend == "process")
            add_curve(section, "process, PSS of the children", found.list("children"));
    }
    section.note = grouped(probe.count) + " hours of 1 to " + plural(probe.vms, "VM", "VMs") +
                   ", each with " + plural(probe.games, "game", "games") + " of " +
                   std::to_string(seats) + ".";
    return section;
}

} // namespace cli
