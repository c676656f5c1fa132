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

void add_crash(CLI::App &app, int &exit_code) {
    auto [command, crash] = add_command<CrashArguments>(
        app, "crash", "Show the report of a dead VM", cli::crash, exit_code,
        "Examples:\n  fkvm crash /var/crash/fkvm-20260101T120000Z-4711-1\n  fkvm crash FOLDER --json | jq .report.error\n"
        "With FK_VM_CRASH_DIR=DIR every VM that dies leaves a folder in DIR.");
    command->add_option("FOLDER", crash->folder, "A folder of $FK_VM_CRASH_DIR")->required();
    command->add_option("-n,--messages", crash->messages, "How many of the last messages to show")->capture_default_str();
    command->add_flag("--json", crash->json, "Print JSON");
}

void add_doctor(CLI::App &app, int &exit_code) {
    auto [command, doctor] = add_command<DoctorArguments>(
        app, "doctor", "Check the installation and the system, and say what to do", cli::doctor, exit_code,
        "Examples:\n  fkvm doctor\n  FK_VM_COMMAND='lua5.4 entry.lua' fkvm doctor --json\n"
        "Exit code 1 if something is bad; a warning is not.");
    command->add_flag("--json", doctor->json, "Print JSON");
}

} // namespace cli
