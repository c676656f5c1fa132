// SPDX-License-Identifier: MIT
// fkvm bench: what its sections share.
#pragma once

#include "commands.h"
#include "interrupts.h"
#include "packages.h"
#include "probe.h"
#include "progress.h"
#include "report.h"

#include <optional>

namespace cli {

// How much is measured.
struct Sizes {
    uint64_t games, longest; // runs of each kind in `game`; resumes after which a game is given up
    uint64_t calls, echoes, notifies, repeats;
    double parallel_seconds, idle_seconds, pause_seconds;
    uint64_t close_megabytes, close;       // in each VM, and VMs
    uint64_t parallel, open, memory;       // VMs
    std::vector<uint64_t> files;           // of generated games that are opened
    uint64_t memory_crowded, memory_rooms; // VMs with many rooms each, and how many
    uint64_t rounds, round_vms;            // rounds, and VMs in each
    uint64_t updates;
    uint64_t endurance; // games
    std::vector<uint64_t> vms, rooms;
    uint64_t growth_longest; // resumes of each room
};

class Bench {
  public:
    explicit Bench(const BenchArguments &arguments);

    const Sizes &sizes() const { return sizes_; }
    bool is_freekill() const { return !arguments_.freekill.empty(); }
    const std::vector<std::string> &backends() const { return backends_; } // embedded, process
    const std::vector<std::string> &preload() const { return arguments_.vm.preload; }

    // Plays the game on that backend, without preloads.
    ProbeArguments probe(const std::string &what, const std::string &backend) const;

    // So many VMs that are not idle after their games.
    ProbeArguments crowd(const std::string &backend, uint64_t vms) const;

    bool has_limits() const; // of the machine, which measure_raw finds

    // These show what is going on, and throw std::runtime_error.
    Reading measure(const ProbeArguments &probe);
    std::optional<Reading> measure_raw(const std::vector<std::string> &words, bool pin = false);
    Reading measure_floor();
    std::optional<Reading> measure_states(const ProbeArguments &like); // if it is there

    void start_section(const std::string &name, double part);
    void end_section() { progress_.clear(); }
    bool interrupted() const { return interrupts_.asked(); }

  private:
    void show(const std::string &what);
    std::string game_folder() const;

    BenchArguments arguments_;
    Interrupts interrupts_{nullptr}; // so that no folder is left
    std::optional<PackageSet> packages_;
    Sizes sizes_;
    std::vector<std::string> backends_;
    Progress progress_;
    std::string section_;
    double part_ = 0;
};

Section bench_game(Bench &bench);
Section bench_parallel(Bench &bench);
Section bench_call(Bench &bench);
Section bench_latency(Bench &bench);
Section bench_notify(Bench &bench);
Section bench_open(Bench &bench);
Section bench_memory(Bench &bench);
Section bench_pause(Bench &bench);
Section bench_close(Bench &bench);
Section bench_rounds(Bench &bench);
Section bench_updates(Bench &bench);
Section bench_endurance(Bench &bench);
Section bench_growth(Bench &bench);

} // namespace cli
