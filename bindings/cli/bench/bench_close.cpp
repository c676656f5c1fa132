// SPDX-License-Identifier: MIT
// The section about what stays when VMs are closed.
#include "bench.h"

#include "format.h"

namespace cli {

Section bench_close(Bench &bench) {
    Section section{"close",
                    "VMs opened by two threads and closed by the other",
                    {{"kept", "server keeps", Unit::Bytes},
                     {"p50_us", "close: median", Unit::Microseconds},
                     {"p99_us", "99 %", Unit::Microseconds},
                     {"max_us", "longest", Unit::Microseconds}},
                    {},
                    {},
                    {}};
    const uint64_t vms = bench.sizes().close, megabytes = bench.sizes().close_megabytes;
    for (const std::string &backend : bench.backends()) {
        const auto add = [&](const std::string &name, uint64_t at_once, uint64_t rounds,
                             uint64_t size) {
            ProbeArguments probe = bench.probe("close", backend);
            probe.vms = at_once;
            probe.count = rounds;
            probe.sizes = {size};
            const Reading found = bench.measure(probe);
            section.rows.push_back(
                {backend + ", " + name,
                 {found["kept"], found["p50_us"], found["p99_us"], found["max_us"]},
                 Target{0, backend == "embedded" ? 2e6 : 1e6}});
        };
        add(grouped(vms) + " at once", vms, 1, 0);
        add(grouped(vms) + " in turn, each with " + std::to_string(megabytes) + " MB", 2, vms / 2,
            megabytes);
    }
    section.note = "RSS of the server when all are closed, more than after a first round.";
    return section;
}

} // namespace cli
