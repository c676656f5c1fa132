// SPDX-License-Identifier: MIT
// The commands of fkvm: what each takes, and the function that does it. They return an ExitCode.
#pragma once

#include "vm.h"

#include <optional>
#include <string>

namespace cli {

struct RunArguments {
    VmArguments vm;
    std::string freekill;
    uint64_t rooms = 1, games = 0; // games 0: as many as rooms
    std::optional<uint64_t> seed;
    int players = 8;
    bool online = false, real_time = false, json = false, verbose = false, quiet = false;
};
int run(const RunArguments &arguments);

struct CallArguments {
    VmArguments vm;
    std::string method, params;
    bool json = false;
};
int call(const CallArguments &arguments);

struct ShellArguments {
    VmArguments vm;
    bool json = false;
};
int shell(const ShellArguments &arguments);

struct BackendsArguments {
    bool json = false;
};
int backends(const BackendsArguments &arguments);

struct BenchArguments {
    VmArguments vm; // its script is the game; empty: the example game
    std::string freekill;
    std::vector<std::string> sections; // empty: all
    std::vector<uint64_t> vms, rooms;  // empty: the usual numbers
    uint64_t files = 0;                // of a generated game in place of both, if not 0
    uint64_t games = 0;                // 0: the usual number
    int players = 8;
    bool quick = false, json = false;
};
int bench(const BenchArguments &arguments);
std::vector<std::string> bench_sections();

struct SoakArguments {
    VmArguments vm; // its script is the game; empty: the example game
    std::string freekill;
    std::vector<std::string> backends; // empty: embedded and process
    double minutes = 1;
    uint64_t vms = 4, rooms = 2;
    int players = 8;
    double most_growth = 2; // megabytes
    bool json = false;
};
int soak(const SoakArguments &arguments);

struct ConformanceArguments {
    std::vector<std::string> command; // empty: fkvm-host
    std::vector<std::string> rows;    // empty: all
    std::string script;
    double timeout = 10; // seconds of one answer
    bool lua = false, all = false, json = false;
};
int conformance(const ConformanceArguments &arguments);

struct CrashArguments {
    std::string folder;
    size_t messages = 50;
    bool json = false;
};
int crash(const CrashArguments &arguments);

struct ReplayArguments {
    std::string trace;
    size_t vm = 0;                          // its place in the trace, from 1; 0: the only one
    std::string script, directory, backend; // empty: as recorded
    std::string command;                    // a recorded one is not started
    bool no_timeout = false, json = false, verbose = false, quiet = false;
};
int replay(const ReplayArguments &arguments);

struct TraceArguments {
    std::string trace, perfetto; // perfetto: the file to write; empty: none
    size_t vm = 0;               // its place in the trace, from 1; 0: all
    bool top = false, json = false, quiet = false;
};
int trace(const TraceArguments &arguments);

struct TopArguments {
    std::vector<std::string> sockets; // empty: the usual one
    double interval = 1;              // seconds
    bool once = false, json = false;
};
int top(const TopArguments &arguments);

struct DoctorArguments {
    bool json = false;
};
int doctor(const DoctorArguments &arguments);

struct WorkerArguments {
    std::string nats, scripts, prefix, name, credentials, metrics,
        status;            // empty: the worker's own default
    uint64_t capacity = 0; // 0: likewise
    bool allow_commands = false, quiet = false;
};
int worker(const WorkerArguments &arguments);

} // namespace cli
