// SPDX-License-Identifier: MIT
// The section about a server's memory over a day of updates, beside one that embeds Lua itself.
#include "bench.h"

#include "format.h"

#include <algorithm>

namespace cli {

namespace {

void add_curve(Section &section, const std::string &name, const std::vector<double> &points,
               std::optional<Target> target) {
    section.rows.push_back({name,
                            {points[0], points[2], points.back(), points.back() - points[2],
                             *std::max_element(points.begin(), points.end())},
                            target});
    section.series.emplace_back(name, points);
}

} // namespace

Section bench_updates(Bench &bench) {
    Section section{"updates",
                    "Memory of a server over a day of updates",
                    {{"start", "at the start", Unit::Bytes},
                     {"first", "after one", Unit::Bytes},
                     {"last", "after all", Unit::Bytes},
                     {"growth", "growth", Unit::Bytes},
                     {"most", "at most", Unit::Bytes}},
                    {},
                    {},
                    {}};
    ProbeArguments probe = bench.probe("updates", "");
    probe.vms = bench.sizes().parallel;
    probe.count = bench.sizes().updates;
    probe.longest = bench.sizes().longest / 4;
    probe.games = bench.is_freekill() ? 1 : 10;
    if (const auto found = bench.measure_states(probe))
        add_curve(section, "lua_State, RSS of the server", found->list("server"), {});
    for (const std::string &backend : bench.backends()) {
        probe.vm.backend = backend;
        const Reading found = bench.measure(probe);
        add_curve(section, backend + ", RSS of the server", found.list("server"),
                  Target{3, backend == "embedded" ? 2e6 : 1e6});
        if (backend == "process")
            add_curve(section, "process, PSS of the children", found.list("children"), {});
    }
    section.note = "Each update closes " + plural(probe.vms, "VM", "VMs") +
                   " that have played and opens new ones; " + grouped(probe.count) +
                   " of them. After: all VMs are closed.";
    return section;
}

} // namespace cli
