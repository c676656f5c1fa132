// SPDX-License-Identifier: MIT
// Runs probes and helper programs for the sections of fkvm bench.
#include "bench.h"

#include "format.h"
#include "share.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace cli {

namespace {

const Sizes full = {.games = 10,
                    .longest = 600,
                    .calls = 20'000,
                    .echoes = 2'000,
                    .notifies = 200'000,
                    .repeats = 5,
                    .parallel_seconds = 10,
                    .idle_seconds = 2,
                    .pause_seconds = 10,
                    .close_megabytes = 50,
                    .close = 1000,
                    .parallel = 8,
                    .open = 20,
                    .memory = 5,
                    .files = {10, 100, 2000},
                    .memory_crowded = 3,
                    .memory_rooms = 20,
                    .rounds = 20,
                    .round_vms = 4,
                    .updates = 24,
                    .endurance = 40,
                    .vms = {1, 10, 100, 1000},
                    .rooms = {1, 10, 200},
                    .growth_longest = 30};
const Sizes quick = {.games = 3,
                     .longest = 40,
                     .calls = 2'000,
                     .echoes = 200,
                     .notifies = 20'000,
                     .repeats = 1,
                     .parallel_seconds = 1,
                     .idle_seconds = 1.2,
                     .pause_seconds = 1,
                     .close_megabytes = 5,
                     .close = 10,
                     .parallel = 4,
                     .open = 5,
                     .memory = 4,
                     .files = {10, 100},
                     .memory_crowded = 3,
                     .memory_rooms = 20,
                     .rounds = 4,
                     .round_vms = 2,
                     .updates = 3,
                     .endurance = 4,
                     .vms = {1, 4},
                     .rooms = {1, 4},
                     .growth_longest = 5};

std::string helper(const std::string &name) {
    const std::string path = bench_helper(name);
    if (path.empty())
        throw std::runtime_error(
            name + ", a program that comes with fkvm, is missing. Install fkvm again");
    return path;
}

} // namespace

Bench::Bench(const BenchArguments &arguments)
    : arguments_(arguments), sizes_(arguments.quick ? quick : full), backends_(standard_backends()),
      progress_(true) {
    if (arguments_.files) arguments_.vm.script = packages_.emplace(arguments_.files).script();
    if (arguments_.games) sizes_.games = sizes_.endurance = arguments_.games;
    if (!arguments_.vms.empty()) sizes_.vms = arguments_.vms;
    if (!arguments_.rooms.empty()) sizes_.rooms = arguments_.rooms;
}

ProbeArguments Bench::probe(const std::string &what, const std::string &backend) const {
    ProbeArguments probe;
    probe.what = what;
    probe.vm = arguments_.vm;
    probe.vm.backend = backend;
    probe.vm.preload.clear();
    probe.freekill = arguments_.freekill;
    probe.players = arguments_.players;
    probe.longest = sizes_.longest;
    return probe;
}

ProbeArguments Bench::crowd(const std::string &backend, uint64_t vms) const {
    ProbeArguments probe = this->probe("crowd", backend);
    probe.vms = vms;
    probe.seconds = 0;
    return probe;
}

Reading Bench::measure(const ProbeArguments &probe) {
    std::string what = probe.vm.backend;
    if (!probe.vm.preload.empty()) what += ", preloads";
    if (probe.vms > 1) what += ", " + std::to_string(probe.vms) + " VMs";
    if (probe.rooms > 1) what += ", " + std::to_string(probe.rooms) + " rooms";
    if (!probe.sizes.empty()) what += ", " + std::to_string(probe.sizes[0]) + " bytes";
    show(what);
    return read_probe(probe);
}

bool Bench::has_limits() const { return !bench_helper("fkvm-raw").empty(); }

std::optional<Reading> Bench::measure_raw(const std::vector<std::string> &words, bool pin) {
    if (!has_limits()) return {};
    show("bare " + words[0]);
    std::vector<std::string> command = {helper("fkvm-raw")};
    if (pin) command.push_back("--pin");
    command.insert(command.end(), words.begin(), words.end());
    return read_program(command);
}

Reading Bench::measure_floor() {
    show("plain lua5.4");
    return read_program({"lua5.4", helper("floor.lua"), game_folder(), is_freekill() ? "1" : "20",
                         std::to_string(arguments_.players), std::to_string(sizes_.longest)});
}

std::optional<Reading> Bench::measure_states(const ProbeArguments &like) {
    const std::string program = bench_helper("fkvm-states");
    if (program.empty()) return {};
    show("lua_States, " + plural(like.vms, "VM", "VMs"));
    return read_program({program, helper("floor.lua"), game_folder(), std::to_string(like.games),
                         std::to_string(like.players), std::to_string(like.longest),
                         std::to_string(like.vms), std::to_string(like.count)});
}

std::string Bench::game_folder() const {
    namespace fs = std::filesystem;
    return is_freekill() ? fs::absolute(arguments_.freekill).string()
                         : fs::absolute(arguments_.vm.script).parent_path().string();
}

void Bench::start_section(const std::string &name, double part) {
    section_ = name;
    part_ = part;
}

void Bench::show(const std::string &what) {
    if (interrupted()) throw std::runtime_error("interrupted");
    progress_.draw(part_, section_, what);
}

} // namespace cli
