// SPDX-License-Identifier: MIT
// Sections about whole games: against the floor, and many at once.
#include "bench.h"

#include "summary.h"

#include <map>

namespace cli {

namespace {

struct Runs {
    std::vector<double> cpu, wall;
    double notifies = 0, wire = 0;

    void add(double cpu_us, double wall_us, double count) {
        cpu.push_back(cpu_us);
        wall.push_back(wall_us);
        notifies += count;
    }
};

const Column play_columns[] = {{"cpu_us", "CPU a notify", Unit::Microseconds},
                               {"cpu_ratio", "of the floor", Unit::Ratio},
                               {"wall_us", "time a notify", Unit::Microseconds},
                               {"wall_ratio", "of the floor", Unit::Ratio},
                               {"wire_bytes", "wire a notify", Unit::Bytes},
                               {"notifies", "notifies", Unit::Count},
                               {"runs", "runs", Unit::Count}};

Row row_of(const std::string &name, const Runs &runs, const Runs &floor) {
    const auto ratio = [](const std::vector<double> &a, const std::vector<double> &b) {
        return a.empty() || b.empty() ? unknown : median(a) / median(b);
    };
    return {name,
            {median(runs.cpu), ratio(runs.cpu, floor.cpu), median(runs.wall),
             ratio(runs.wall, floor.wall), runs.wire ? runs.wire / runs.notifies : unknown,
             runs.notifies, double(runs.cpu.size())},
            {}};
}

void play_floor(Bench &bench, Runs &runs) {
    const Reading found = bench.measure_floor();
    const double notifies = found["notifies"];
    runs.add(found["cpu_s"] * 1e6 / notifies, found["wall_s"] * 1e6 / notifies, notifies);
}

void play_probe(Bench &bench, const ProbeArguments &probe, Runs &runs) {
    const Reading found = bench.measure(probe);
    runs.add(found["cpu_us"], found["wall_us"], found["notifies"]);
    runs.wire += found["wire_bytes"];
}

} // namespace

// The kinds take turns, so that a busy moment of the machine hits all of them.
Section bench_game(Bench &bench) {
    Section section{
        "game", "A game, and the same in plain lua5.4 with stubs (the floor)", {}, {}, {}, {}};
    section.columns.assign(std::begin(play_columns), std::end(play_columns));
    std::vector<ProbeArguments> probes;
    for (const bool preload : {false, true}) {
        if (preload && bench.preload().empty()) continue;
        for (const std::string &backend : bench.backends()) {
            ProbeArguments probe = bench.probe("game", backend);
            if (preload) probe.vm.preload = bench.preload();
            probe.games = bench.is_freekill() ? 1 : 20;
            probes.push_back(probe);
        }
    }
    Runs floor;
    std::vector<Runs> runs(probes.size());
    for (uint64_t round = 0; round < bench.sizes().games; round++) {
        play_floor(bench, floor);
        for (size_t i = 0; i < probes.size(); i++) play_probe(bench, probes[i], runs[i]);
    }
    section.rows.push_back(row_of("floor", floor, floor));
    for (size_t i = 0; i < probes.size(); i++) {
        const VmArguments &vm = probes[i].vm;
        const bool preload = !vm.preload.empty();
        Row row = row_of(vm.backend + (preload ? ", preloads" : ""), runs[i], floor);
        if (bench.is_freekill())
            row.target = Target{1, vm.backend == "embedded" ? (preload ? 0.5 : 1.0)
                                                            : (preload ? 0.55 : 1.08)};
        section.rows.push_back(std::move(row));
    }
    section.note = "Medians over runs. CPU is that of server and child; time also counts waiting, "
                   "for other programs too.";
    for (const std::string &entry : bench.preload()) section.note += " Preload " + entry + ".";
    return section;
}

Section bench_parallel(Bench &bench) {
    Section section{"parallel",
                    std::to_string(bench.sizes().parallel) +
                        " games at once, a thread and a VM each",
                    {{"per_second", "notifies", Unit::PerSecond},
                     {"cpu_us", "CPU a notify", Unit::Microseconds},
                     {"cpu_ratio", "of embedded", Unit::Ratio}},
                    {},
                    {},
                    {}};
    std::map<std::string, std::vector<double>> rates, costs;
    for (uint64_t i = 0; i < (bench.sizes().repeats + 1) / 2; i++)
        for (const std::string &backend : bench.backends()) {
            ProbeArguments probe = bench.probe("parallel", backend);
            probe.vms = bench.sizes().parallel;
            probe.seconds = bench.sizes().parallel_seconds;
            probe.longest = 0;
            const Reading found = bench.measure(probe);
            rates[backend].push_back(found["per_second"]);
            costs[backend].push_back(found["cpu_us"]);
        }
    for (const std::string &backend : bench.backends()) {
        const double cost = median(costs[backend]);
        const double embedded = costs.count("embedded") ? median(costs["embedded"]) : unknown;
        Row row{backend, {median(rates[backend]), cost, cost / embedded}, {}};
        if (backend == "process") row.target = Target{2, 1.05};
        section.rows.push_back(std::move(row));
    }
    section.note = "With all cores busy CPU is time, and a busy machine cannot spoil it.";
    return section;
}

} // namespace cli
