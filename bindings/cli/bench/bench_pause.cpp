// SPDX-License-Identifier: MIT
// The section about pauses that one VM puts on another.
#include "bench.h"

namespace cli {

Section bench_pause(Bench &bench) {
    Section section{"pause",
                    "Calls of one embedded VM while others open, play and close on another thread",
                    {{"p50_us", "median", Unit::Microseconds},
                     {"p999_us", "99.9 %", Unit::Microseconds},
                     {"max_us", "longest", Unit::Microseconds},
                     {"calls", "calls", Unit::Count}},
                    {},
                    {},
                    {}};
    const auto add = [&](const std::string &name, const std::string &backend, uint64_t vms) {
        ProbeArguments probe = bench.probe("pause", backend);
        probe.vms = vms;
        probe.seconds = bench.sizes().pause_seconds;
        const Reading found = bench.measure(probe);
        Row row{name, {found["p50_us"], found["p999_us"], found["max_us"], found["calls"]}, {}};
        if (vms) row.target = Target{2, 1000};
        section.rows.push_back(std::move(row));
    };
    add("none", "embedded", 0);
    for (const std::string &backend : bench.backends())
        add(backend + ", coming and going", backend, 1);
    section.note = "Only calls in which the system ran nothing else on that core. Each allocates "
                   "and frees 1,000 tables.";
    return section;
}

} // namespace cli
