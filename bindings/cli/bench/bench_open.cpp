// SPDX-License-Identifier: MIT
// The section about opening VMs, also of a generated game by its number of files.
#include "bench.h"

#include "format.h"

namespace cli {

namespace {

constexpr uint64_t after_pause = 21;

Row row_of(const std::string &name, const Reading &found) {
    return {name,
            {found["open_first_us"] / 1e3, found["open_us"] / 1e3,
             found["open_after_pause_us"] / 1e3, found["rest_private"], found["template"]},
            {}};
}

ProbeArguments opening(const Bench &bench, const std::string &backend) {
    ProbeArguments probe = bench.crowd(backend, bench.sizes().open);
    probe.longest = 1;
    probe.after_pause = after_pause;
    return probe;
}

// Copies of a template should not cost more where it has loaded more.
void add_by_files(Section &section, Bench &bench) {
    for (const uint64_t files : bench.sizes().files) {
        const PackageSet packages(files);
        ProbeArguments probe = opening(bench, "process");
        probe.freekill.clear();
        probe.vm.script = packages.script();
        section.rows.push_back(
            row_of("process, " + plural(files, "file", "files"), bench.measure(probe)));
    }
}

} // namespace

Section bench_open(Bench &bench) {
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
            ProbeArguments probe = opening(bench, backend);
            probe.vm.no_template = no_template;
            Row row = row_of(backend + (no_template ? ", no template" : ""), bench.measure(probe));
            if (backend == "process" && !no_template) row.target = Target{2, 0.5};
            section.rows.push_back(std::move(row));
        }
    if (bench.backends().back() == "process") add_by_files(section, bench);
    section.note =
        "Medians of " + plural(bench.sizes().open, "VM", "VMs") + " that stay open, and of " +
        std::to_string(after_pause) +
        " opened and closed 5 ms apart; memory each, templates included. Rows by files: " +
        "of a generated game.";
    return section;
}

} // namespace cli
