// SPDX-License-Identifier: MIT
// The options of the commands that look at the installation.
#include "option_parts.h"

namespace cli {

void add_backends(CLI::App &app, int &exit_code) {
    auto [command, backends] = add_command<BackendsArguments>(
        app, "backends", "List the backends of this build and the plug-ins found", cli::backends,
        exit_code,
        "Examples:\n  fkvm backends\n  FK_VM_BACKEND_PATH=~/plugins fkvm backends --json");
    command->add_flag("--json", backends->json, "Print JSON");
}

void add_doctor(CLI::App &app, int &exit_code) {
    auto [command, doctor] = add_command<DoctorArguments>(
        app, "doctor", "Check the installation and the system, and say what to do", cli::doctor, exit_code,
        "Examples:\n  fkvm doctor\n  FK_VM_COMMAND='lua5.4 entry.lua' fkvm doctor --json\n"
        "Exit code 1 if something is bad; a warning is not.");
    command->add_flag("--json", doctor->json, "Print JSON");
}

} // namespace cli
