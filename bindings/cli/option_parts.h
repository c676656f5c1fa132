// SPDX-License-Identifier: MIT
// What the options of the commands are made of. Each options_*.cpp adds some of the commands.
#pragma once

#include "commands.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <utility>

namespace cli {

// The options of every command that opens a VM.
void add_vm_options(CLI::App &command, VmArguments &vm);

// What is played: a script, described by about, or freekill-core.
void add_game_options(CLI::App &command, std::string &script, const char *about,
                      std::string &freekill);

// A command whose arguments live as long as app does; parsing it calls function.
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

void add_run(CLI::App &app, int &exit_code);
void add_call(CLI::App &app, int &exit_code);
void add_shell(CLI::App &app, int &exit_code);
void add_backends(CLI::App &app, int &exit_code);
void add_bench(CLI::App &app, int &exit_code);
void add_soak(CLI::App &app, int &exit_code);
void add_conformance(CLI::App &app, int &exit_code);
void add_crash(CLI::App &app, int &exit_code);
void add_replay(CLI::App &app, int &exit_code);
void add_trace(CLI::App &app, int &exit_code);
void add_worker(CLI::App &app, int &exit_code);
void add_doctor(CLI::App &app, int &exit_code);

} // namespace cli
