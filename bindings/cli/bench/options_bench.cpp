// SPDX-License-Identifier: MIT
// The command line of bench and bench-probe.
#include "bench.h"

#include "option_parts.h"

namespace cli {

namespace {

std::string with_commas(const std::vector<std::string> &words) {
    std::string text;
    for (const std::string &word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

void add_probe(CLI::App &app, int &exit_code) {
    auto [command, arguments] = add_command<ProbeArguments>(
        app, "bench-probe", "One measurement of bench", probe, exit_code, "");
    command->group("");
    command->add_option("WHAT", arguments->what)->required();
    command->add_option("--script", arguments->vm.script);
    command->add_option("--freekill", arguments->freekill);
    command->add_option("--backend", arguments->vm.backend);
    command->add_option("--preload", arguments->vm.preload);
    command->add_option("--players", arguments->players);
    command->add_option("--vms", arguments->vms);
    command->add_option("--rooms", arguments->rooms);
    command->add_option("--games", arguments->games);
    command->add_option("--longest", arguments->longest);
    command->add_option("--halfway", arguments->halfway);
    command->add_option("--after-pause", arguments->after_pause);
    command->add_option("--count", arguments->count);
    command->add_option("--size", arguments->sizes);
    command->add_option("--seconds", arguments->seconds);
    command->add_flag("--pin", arguments->pin);
    command->add_flag("--no-template", arguments->vm.no_template);
}

} // namespace

void add_bench(CLI::App &app, int &exit_code) {
    auto [command, arguments] = add_command<BenchArguments>(
        app, "bench", "Measure both backends beside the limits of the machine", bench, exit_code,
        "Examples:\n"
        "  fkvm bench --quick\n"
        "  fkvm bench --freekill ~/freekill --json >figures.json\n"
        "  fkvm bench --sections call,latency\n"
        "  fkvm bench --sections memory,open --files 2000\n"
        "Measure with a release build, on a machine with nothing else to do: its load is shown.");
    add_game_options(*command, arguments->vm.script, "A game (default: the example game)",
                     arguments->freekill);
    command
        ->add_option("--files", arguments->files,
                     "Play a generated game of so many files of packages")
        ->check(CLI::Range(1, 100'000))
        ->excludes(command->get_option("SCRIPT"))
        ->excludes(command->get_option("--freekill"));
    command
        ->add_option("-s,--sections", arguments->sections,
                     "Only these of: " + with_commas(bench_sections()))
        ->delimiter(',')
        ->check(CLI::IsMember(bench_sections()));
    command->add_option("-g,--games", arguments->games,
                        "Runs of a game in each way, and games of endurance");
    command->add_option("--vms", arguments->vms, "VMs at once in the section growth")
        ->delimiter(',');
    command->add_option("--rooms", arguments->rooms, "Rooms a VM there")->delimiter(',');
    command->add_option("-p,--players", arguments->players, "Players in a room")
        ->check(CLI::Range(2, 1000))
        ->capture_default_str();
    command->add_option("--preload", arguments->vm.preload,
                        "NAME=MODULE: measure a game with it, too");
    command->add_flag("--quick", arguments->quick, "A little of everything, in less than a minute");
    command->add_flag("--json", arguments->json, "Print JSON");
    add_probe(app, exit_code);
}

} // namespace cli
