// SPDX-License-Identifier: MIT
// What the command line offers.
#include "options.h"

#include "commands.h"

#include <CLI/CLI.hpp>

namespace cli {

namespace {

void add_vm_options(CLI::App &command, VmArguments &vm) {
    const char *group = "VM";
    command.add_option("-b,--backend", vm.backend, "embedded, process, a plug-in's name or path")
        ->group(group);
    command
        .add_option("-C,--directory", vm.directory,
                    "The VM's working directory; SCRIPT is relative to it")
        ->check(CLI::ExistingDirectory)
        ->group(group);
    command
        .add_option("--command", vm.command, "The child's command line, e.g. \"lua5.4 entry.lua\"")
        ->group(group);
    command
        .add_option("--preload", vm.preload, "NAME=MODULE: require NAME gives a built-in module")
        ->group(group);
    command.add_option("--sandbox", vm.sandbox, "What scripts may reach")
        ->check(CLI::IsMember({"game", "trusted", "strict"}))
        ->capture_default_str()
        ->group(group);
    command.add_option("--timeout", vm.timeout, "Seconds of one call (default 15)")
        ->check(CLI::Range(0.001, 86400.0))
        ->group(group);
    command.add_option("--memory-limit", vm.memory_limit, "Megabytes of one VM (default 1074)")
        ->group(group);
    command
        .add_option("--trace", vm.trace, "Append every message between server and VM to this file")
        ->group(group);
}

// A command whose options live as long as app does.
template <class Arguments>
std::pair<CLI::App *, Arguments *> add_command(CLI::App &app, const char *name, const char *about,
                                               int (*function)(const Arguments &), int &exit_code,
                                               const char *examples) {
    CLI::App *command = app.add_subcommand(name, about);
    auto arguments = std::make_shared<Arguments>();
    command->footer(examples);
    command->callback([arguments, function, &exit_code] { exit_code = function(*arguments); });
    return {command, arguments.get()};
}

void add_run(CLI::App &app, int &exit_code) {
    auto [command, run] = add_command<RunArguments>(
        app, "run", "Play games with computer players, and sum up", cli::run, exit_code,
        "Examples:\n"
        "  fkvm run examples/cardgame/main.lua --games 10\n"
        "  fkvm run game.lua --rooms 20 --games 200 --backend process --json\n"
        "  fkvm run --freekill ~/freekill --games 20     # ~/freekill/packages/freekill-core\n"
        "  fkvm run game.lua --command 'lua5.4 entry.lua' --real-time");
    CLI::Option *script =
        command->add_option("SCRIPT", run->vm.script, "The entry script of the VM");
    command->add_option("--freekill", run->freekill, "Play the freekill-core in DIR/packages")
        ->check(CLI::ExistingDirectory)
        ->excludes(script);
    command->add_option("-g,--games", run->games, "Games in all (default: as many as rooms)")
        ->check(CLI::PositiveNumber);
    command->add_option("-r,--rooms", run->rooms, "Rooms at once")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("-p,--players", run->players, "Players in a room")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command->add_flag("--online", run->online,
                      "Players are asked and refuse; else the script plays for them");
    command->add_flag("--real-time", run->real_time, "Delays and timers take their time");
    command->add_flag("--json", run->json, "Sum up in JSON");
    command->add_flag("-v,--verbose", run->verbose, "Show debug and info records too");
    command->add_flag("-q,--quiet", run->quiet, "Show no output of the script and no progress");
    add_vm_options(*command, run->vm);
}

void add_call(CLI::App &app, int &exit_code) {
    auto [command, call] = add_command<CallArguments>(
        app, "call", "Call one method and print its result as JSON", cli::call, exit_code,
        "Examples:\n"
        "  fkvm call game.lua ping\n"
        "  fkvm call game.lua HandleRequest '[\"-1,1,newroom\"]' --backend process\n"
        "Bytes that are no text are written {\"$bytes\":\"base64\"}.");
    command->add_option("SCRIPT", call->vm.script, "The entry script of the VM")->required();
    command->add_option("METHOD", call->method, "A global function of the script")->required();
    call->params = "[]";
    command->add_option("PARAMS", call->params, "Its parameters, a JSON array")
        ->capture_default_str();
    add_vm_options(*command, call->vm);
}

void add_backends(CLI::App &app, int &exit_code) {
    auto [command, backends] = add_command<BackendsArguments>(
        app, "backends", "List the backends of this build and the plug-ins found", cli::backends,
        exit_code,
        "Examples:\n  fkvm backends\n  FK_VM_BACKEND_PATH=~/plugins fkvm backends --json");
    command->add_flag("--json", backends->json, "Print JSON");
}

} // namespace

void add_commands(CLI::App &app, int &exit_code) {
    add_run(app, exit_code);
    add_call(app, exit_code);
    add_backends(app, exit_code);
}

} // namespace cli
