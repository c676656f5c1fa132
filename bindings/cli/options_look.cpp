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
        "Examples:\n  fkvm crash /var/crash/fkvm-20260101T120000Z-4711-1\n  fkvm crash FOLDER "
        "--json | jq .report.error\n"
        "With FK_VM_CRASH_DIR=DIR every VM that dies leaves a folder in DIR.");
    command->add_option("FOLDER", crash->folder, "A folder of $FK_VM_CRASH_DIR")->required();
    command->add_option("-n,--messages", crash->messages, "How many of the last messages to show")
        ->capture_default_str();
    command->add_flag("--json", crash->json, "Print JSON");
}

void add_replay(CLI::App &app, int &exit_code) {
    auto [command, replay] = add_command<ReplayArguments>(
        app, "replay", "Do what a trace says once more, up to where the two part", cli::replay,
        exit_code,
        "Examples:\n"
        "  fkvm replay game.trace         # made by FK_VM_TRACE=game.trace, or --trace of run, "
        "call, shell\n"
        "  fkvm replay game.trace --vm 3 --backend embedded --json\n"
        "  gdb --args fkvm replay --backend embedded --no-timeout game.trace\n"
        "A fresh VM gets every call of the record, and what it calls is answered from there. Exit "
        "code 0 if all of\n"
        "it was the same, 1 if the two parted, 4 if the trace cannot be read. docs/crash.md has "
        "what may differ.");
    command->add_option("TRACE", replay->trace, "A file that $FK_VM_TRACE has made")
        ->required()
        ->check(CLI::ExistingFile);
    command
        ->add_option("-n,--vm", replay->vm, "Which VM of the trace, from 1 (default: the only one)")
        ->check(CLI::PositiveNumber);
    command->add_option("-b,--backend", replay->backend,
                        "Where the VM lives (default: where it was)");
    command->add_option("--script", replay->script, "Its script (default: the same)");
    command
        ->add_option("-C,--directory", replay->directory,
                     "Its working directory (default: the same)")
        ->check(CLI::ExistingDirectory);
    command->add_option("--command", replay->command,
                        "The child's command line; one in the trace is not started");
    command->add_flag("--no-timeout", replay->no_timeout,
                      "Time limits do not end calls, for a debugger");
    command->add_flag("--json", replay->json, "Print JSON");
    command->add_flag("-v,--verbose", replay->verbose, "Show debug and info records too");
    command->add_flag("-q,--quiet", replay->quiet, "Show no output of the script and no progress");
}

void add_trace(CLI::App &app, int &exit_code) {
    auto [command, trace] = add_command<TraceArguments>(
        app, "trace", "Show where the time of a trace went, as a table or a picture", cli::trace,
        exit_code,
        "Examples:\n"
        "  fkvm trace game.trace                        # made by FK_VM_TRACE=game.trace\n"
        "  fkvm trace game.trace --perfetto game.json   # then open it in https://ui.perfetto.dev\n"
        "  fkvm trace game.trace --json | jq '.methods[0]'");
    command->add_option("TRACE", trace->trace, "A file that $FK_VM_TRACE has made")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--perfetto", trace->perfetto,
                        "Write this file for Perfetto or Chrome; - is standard output");
    command->add_flag("--top", trace->top,
                      "Print time by method and host method (default without --perfetto)");
    command->add_option("-n,--vm", trace->vm, "Only this VM of the trace, from 1 (default: all)")
        ->check(CLI::PositiveNumber);
    command->add_flag("--json", trace->json, "Print the table as JSON");
    command->add_flag("-q,--quiet", trace->quiet, "Show no progress");
}

void add_worker(CLI::App &app, int &exit_code) {
    auto [command, worker] = add_command<WorkerArguments>(
        app, "worker", "Lend VMs of this machine to servers, over NATS", cli::worker, exit_code,
        "Examples:\n"
        "  fkvm worker --nats nats://10.0.0.1:4222 --capacity 200\n"
        "  FK_VM_BACKEND=nats FK_VM_NATS=nats://10.0.0.1:4222 fk-server game.lua   # elsewhere\n"
        "SIGTERM: it takes no new VMs, and ends when the last one has. SIGINT: it ends at once.\n"
        "TLS, credentials and keys of NATS: docs/nats.md.");
    command->add_option("--nats", worker->nats,
                        "The NATS server (default: $FK_VM_NATS, or nats://127.0.0.1:4222)");
    command->add_option("--capacity", worker->capacity, "VMs at once at most (default 100)")
        ->check(CLI::Range(1, 100000));
    command->add_option("--scripts", worker->scripts,
                        "The folder for scripts of servers (default: ~/.cache/fkvm/scripts)");
    command->add_option("--prefix", worker->prefix,
                        "Of all subjects, the same as that of the servers (default: fkvm)");
    command->add_option("--name", worker->name,
                        "This machine's, in messages (default: its host name)");
    command
        ->add_option("--credentials", worker->credentials, "A file with the credentials for NATS")
        ->check(CLI::ExistingFile);
    command->add_option("--metrics", worker->metrics,
                        "Figures for Prometheus at GET /metrics: a port, or ADDRESS:PORT");
    command->add_option("--status", worker->status,
                        "Open a status socket at this path: fkvm top PATH shows the VMs");
    command->add_flag("--allow-commands", worker->allow_commands,
                      "Servers may have any program started here");
    command->add_flag("-q,--quiet", worker->quiet, "Print nothing but errors");
}

void add_top(CLI::App &app, int &exit_code) {
    auto [command, top] = add_command<TopArguments>(
        app, "top", "Show what the VMs of running servers do, and interrupt or close them",
        cli::top, exit_code,
        "Examples:\n"
        "  fkvm top /run/fkvm/game.sock    # of a program with FK_VM_STATUS=/run/fkvm/game.sock\n"
        "  fkvm top --json --once /run/fkvm/game.sock | jq '.servers[0].vms[].label'\n"
        "Keys: up and down select a VM, s sorts by the next column, r reverses, / filters, i "
        "interrupts, c closes,\n"
        "q quits. docs/top.md has the columns.");
    command->add_option("SOCKET", top->sockets,
                        "Status sockets (default: $FK_VM_STATUS, else the only one in "
                        "$XDG_RUNTIME_DIR/fkvm or /run/fkvm)");
    command->add_option("--interval", top->interval, "Seconds between two looks")
        ->check(CLI::Range(0.1, 3600.0))
        ->capture_default_str();
    command->add_flag("--once", top->once, "Look once; what is not a terminal gets no more");
    command->add_flag("--json", top->json, "Print a line of JSON at each look");
}

void add_doctor(CLI::App &app, int &exit_code) {
    auto [command, doctor] = add_command<DoctorArguments>(
        app, "doctor", "Check the installation and the system, and say what to do", cli::doctor,
        exit_code,
        "Examples:\n  fkvm doctor\n  FK_VM_COMMAND='lua5.4 entry.lua' fkvm doctor --json\n"
        "Exit code 1 if something is bad; a warning is not.");
    command->add_flag("--json", doctor->json, "Print JSON");
}

} // namespace cli
