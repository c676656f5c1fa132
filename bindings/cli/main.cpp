// SPDX-License-Identifier: MIT
// fkvm: the command line.
#include "commands.h"
#include "describe.h"
#include "messages.h"
#include "options.h"
#include "term.h"

#include <CLI/CLI.hpp>

#include <clocale>

namespace {

const char footer[] =
    "Exit codes: 0 all went well, 1 a game or a call failed, 2 the command line is wrong,\n"
    "3 the VM did not open, 4 the trace cannot be read, 130 interrupted.\n"
    "Environment: FK_VM_BACKEND, FK_VM_COMMAND, FK_VM_HOST, FK_VM_BACKEND_PATH, FK_VM_TRACE, "
    "FK_VM_CRASH_DIR, FK_VM_STATUS, NO_COLOR.\n"
    "Manual: docs/cli.md.";

// Bytes as they are, widths of UTF-8: the C locale knows neither.
void set_locale() {
    if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1) setlocale(LC_CTYPE, "C.UTF-8");
}

// A wrong command line, in the form of all complaints.
int refuse(const CLI::App &app, const CLI::ParseError &problem) {
    const CLI::App *command = &app;
    for (const CLI::App *used : app.get_subcommands()) command = used;
    const std::string name = command == &app ? "fkvm" : "fkvm " + command->get_name();
    cli::complain(std::string(problem.what()) + ". Try: " + name + " --help");
    return cli::Usage;
}

// A first word that is no command, which the parser takes for a missing one.
bool complain_of_command(const CLI::App &app, const std::string &word) {
    std::string names;
    for (const CLI::App *command : app.get_subcommands({})) {
        if (command->get_name() == word) return false;
        if (command->get_group().empty()) continue; // for fkvm itself
        names += (names.empty() ? "" : ", ") + command->get_name();
    }
    cli::complain("there is no command '" + word + "'; there are: " + names + ". Try: fkvm --help");
    return true;
}

} // namespace

int main(int argc, char **argv) {
    set_locale();
    CLI::App app("A game server's Lua, embedded or in a child process: run, call and look at VMs.",
                 "fkvm");
    app.set_version_flag("--version", std::string("fkvm ") + fk_version());
    app.require_subcommand(1);
    app.footer(footer);
    int exit_code = cli::Fine;
    cli::add_commands(app, exit_code);
    if (argc < 2) {
        fputs(app.help().c_str(), stderr);
        return cli::Usage;
    }
    if (cli::describes(app, argc, argv)) return cli::Fine;
    if (argv[1][0] != '-' && complain_of_command(app, argv[1])) return cli::Usage;
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &problem) {
        return problem.get_exit_code() == 0 ? app.exit(problem) : refuse(app, problem);
    } catch (const std::exception &problem) {
        cli::complain(problem.what());
        return cli::Failed;
    }
    return cli::output_was_written() ? exit_code : cli::Failed;
}
