// SPDX-License-Identifier: MIT
// The options of fkvm conformance.
#include "option_parts.h"

namespace cli {

void add_conformance(CLI::App &app, int &exit_code) {
    auto [command, conformance] = add_command<ConformanceArguments>(
        app, "conformance", "Take a child in any language through the protocol, row by row",
        cli::conformance, exit_code,
        "Examples:\n"
        "  fkvm conformance                                  # fkvm-host\n"
        "  fkvm conformance --lua -- lua5.4 /usr/lib/fkvm/entry.lua\n"
        "  fkvm conformance --script methods.py -- python3 /srv/child.py\n"
        "  fkvm conformance --rows integers,floats --json -- /srv/child | jq .ok\n"
        "The child offers the methods of docs/protocol.md (echo, call_host, loop, ..). A row whose "
        "method it does\n"
        "not offer is not tried. Exit code 1 if a row fails, each with what to change.");
    command->add_option("COMMAND", conformance->command,
                        "The child's command line, behind -- (default: fkvm-host)");
    CLI::Option *script =
        command
            ->add_option("--script", conformance->script,
                         "The test methods; appended to COMMAND, as fk_vm_open() does")
            ->check(CLI::ExistingFile);
    command->add_flag("--lua", conformance->lua, "The same with those in Lua, which come with fkvm")
        ->excludes(script);
    command->add_option("--rows", conformance->rows, "Only these rows, after hello and answer")
        ->delimiter(',')
        ->allow_extra_args(false);
    command->add_option("--timeout", conformance->timeout, "Seconds of one answer")
        ->check(CLI::Range(0.1, 3600.0))
        ->capture_default_str();
    command->add_flag("--all", conformance->all, "A row that is not tried fails, too");
    command->add_flag("--json", conformance->json, "Print JSON");
}

} // namespace cli
