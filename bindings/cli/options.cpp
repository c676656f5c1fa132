// SPDX-License-Identifier: MIT
// What the command line offers: the commands, and the options that many of them share.
#include "options.h"

#include "globals.h"
#include "option_parts.h"

namespace cli {

void add_game_options(CLI::App &command, std::string &script, const char *about,
                      std::string &freekill) {
    CLI::Option *positional = command.add_option("SCRIPT", script, about);
    command.add_option("--freekill", freekill, "Play the freekill-core in DIR/packages")
        ->check(CLI::ExistingDirectory)
        ->excludes(positional);
}

void add_vm_options(CLI::App &command, VmArguments &vm) {
    const char *group = "VM";
    command.add_option("-b,--backend", vm.backend, "embedded, process, a plug-in's name or path")
        ->group(group);
    command
        .add_option(
            "-C,--directory", vm.directory,
            "The VM's working directory, SCRIPT is relative to it (default: the script's folder)")
        ->check(CLI::ExistingDirectory)
        ->group(group);
    command
        .add_option("--command", vm.command, "The child's command line, e.g. \"lua5.4 entry.lua\"")
        ->group(group);
    command
        .add_option("--preload", vm.preload, "NAME=MODULE: require NAME gives a built-in module")
        ->group(group);
    command
        .add_option("--env", vm.environment, "NAME=VALUE: a variable of the VM's own environment")
        ->group(group);
    command
        .add_option("--global", vm.globals.named,
                    "NAME=VALUE: a global variable of scripts; VALUE is JSON or else a string")
        ->check(global_problem)
        ->group(group);
    command.add_option("--globals", vm.globals.object, "A JSON object of global variables")
        ->check(globals_problem)
        ->group(group);
    command.add_option("--sandbox", vm.sandbox, "What scripts may reach")
        ->check(CLI::IsMember({"game", "trusted", "strict"}))
        ->capture_default_str()
        ->group(group);
    command
        .add_flag("--follow-links", vm.follow_links,
                  "Scripts may read what links in the VM's folders lead to")
        ->group(group);
    command
        .add_flag("--raw-strings", vm.raw_strings,
                  "The child by --command sends and takes strings as bytes, UTF-8 or not")
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

void add_commands(CLI::App &app, int &exit_code) {
    add_run(app, exit_code);
    add_call(app, exit_code);
    add_shell(app, exit_code);
    add_backends(app, exit_code);
    add_bench(app, exit_code);
    add_soak(app, exit_code);
    add_conformance(app, exit_code);
    add_crash(app, exit_code);
    add_replay(app, exit_code);
    add_trace(app, exit_code);
    add_worker(app, exit_code);
    add_doctor(app, exit_code);
}

} // namespace cli
