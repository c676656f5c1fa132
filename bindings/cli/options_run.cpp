// SPDX-License-Identifier: MIT
// The options of the commands that play games.
#include "option_parts.h"

namespace cli {

void add_run(CLI::App &app, int &exit_code) {
    auto [command, run] = add_command<RunArguments>(
        app, "run", "Play games with computer players, and sum up", cli::run, exit_code,
        "Examples:\n"
        "  fkvm run examples/cardgame/main.lua --games 10\n"
        "  fkvm run game.lua --rooms 20 --games 200 --backend process --json\n"
        "  fkvm run --freekill ~/freekill --games 20     # ~/freekill/packages/freekill-core\n"
        "  fkvm run game.lua --command 'lua5.4 entry.lua' --real-time");
    add_game_options(*command, run->vm.script, "The entry script of the VM", run->freekill);
    command->add_option("-g,--games", run->games, "Games in all (default: as many as rooms)")
        ->check(CLI::PositiveNumber);
    command->add_option("-r,--rooms", run->rooms, "Rooms at once")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("-p,--players", run->players, "Players in a room")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command->add_option("--seed", run->seed,
                        "Name the rooms seed=N: the example game deals the same cards");
    command->add_flag("--online", run->online,
                      "Players are asked and refuse; else the script plays for them");
    command->add_flag("--real-time", run->real_time, "Delays and timers take their time");
    command->add_flag("--json", run->json, "Sum up in JSON");
    command->add_flag("-v,--verbose", run->verbose, "Show debug and info records too");
    command->add_flag("-q,--quiet", run->quiet, "Show no output of the script and no progress");
    add_vm_options(*command, run->vm);
}

void add_soak(CLI::App &app, int &exit_code) {
    auto [command, soak] = add_command<SoakArguments>(
        app, "soak",
        "Play for minutes with trouble mixed in, and see whether anything is left over", cli::soak,
        exit_code,
        "Examples:\n"
        "  fkvm soak --minutes 60\n"
        "  fkvm soak game.lua --minutes 5 --backend process --json\n"
        "  fkvm soak --freekill ~/freekill --minutes 30\n"
        "Round after round VMs are opened, played on, killed or interrupted at random, driven into "
        "their limits, and\n"
        "closed. Between two rounds nothing may be held: exit code 1 if the server has grown by "
        "more than --most-growth\n"
        "since the first tenth, if it keeps descriptors, threads or children, or at an error that "
        "nobody provoked.");
    add_game_options(*command, soak->vm.script, "A game (default: the example game)",
                     soak->freekill);
    command->add_option("-m,--minutes", soak->minutes, "How long, all backends together")
        ->check(CLI::Range(0.001, 100000.0))
        ->capture_default_str();
    command->add_option("-b,--backend", soak->backends,
                        "Only this one; may be repeated (default: embedded, then process)");
    command->add_option("--vms", soak->vms, "VMs at once")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command->add_option("-r,--rooms", soak->rooms, "Rooms at once in a VM")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("-p,--players", soak->players, "Players in a room")
        ->check(CLI::Range(2, 1000))
        ->capture_default_str();
    command
        ->add_option("--most-growth", soak->most_growth, "Megabytes by which the server may grow")
        ->capture_default_str();
    command->add_flag("--json", soak->json, "Print JSON");
}

} // namespace cli
