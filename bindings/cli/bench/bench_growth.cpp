// SPDX-License-Identifier: MIT
// The section about more VMs, and more rooms a VM.
#include "bench.h"

#include "format.h"

#include <algorithm>

namespace cli {

namespace {

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

Section bench_growth(Bench &bench) {
    Section section{"growth",
                    "More VMs, and more rooms a VM",
                    {{"vms", "VMs", Unit::Count},
                     {"rooms", "rooms a VM", Unit::Count},
                     {"open_ms", "open a VM", Unit::Milliseconds},
                     {"private", "private a VM", Unit::Bytes},
                     {"private_room", "more a room", Unit::Bytes},
                     {"pss_all", "PSS of all", Unit::Bytes},
                     {"faults", "faults a room", Unit::Count},
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
            ProbeArguments probe = bench.crowd(backend, vms);
            probe.rooms = rooms;
            probe.longest = bench.sizes().growth_longest;
            const Reading found = bench.measure(probe);
            each = std::max(found["played_private"], each);
            section.rows.push_back(
                {backend,
                 {double(vms), double(rooms), found["open_us"] / 1e3, found["rest_private"],
                  (found["played_private"] - found["rest_private"]) / double(rooms),
                  found["played_pss"] * double(vms), found["played_faults"], found["cpu_us"]},
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
