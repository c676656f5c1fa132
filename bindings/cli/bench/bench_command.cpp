// SPDX-License-Identifier: MIT
// fkvm bench: the sections in order, as tables while they come and as JSON at the end.
#include "bench.h"

#include "format.h"
#include "json.h"
#include "share.h"
#include "term.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <sys/utsname.h>
#include <thread>

namespace cli {

namespace {

struct Entry {
    const char *key;
    Section (*measure)(Bench &);
};

const Entry entries[] = {
    {"game", bench_game},       {"parallel", bench_parallel}, {"call", bench_call},
    {"latency", bench_latency}, {"notify", bench_notify},     {"open", bench_open},
    {"memory", bench_memory},   {"pause", bench_pause},       {"close", bench_close},
    {"rounds", bench_rounds},   {"updates", bench_updates},   {"endurance", bench_endurance},
    {"growth", bench_growth}};

// The machine, and how busy others keep it: figures mean little without.
struct Machine {
    std::string cpu = "unknown", system = "unknown";
    unsigned cores = std::thread::hardware_concurrency();
    double load = 0;

    Machine() {
        if (FILE *file = fopen("/proc/cpuinfo", "re")) {
            char line[256];
            while (fgets(line, sizeof line, file))
                if (strncmp(line, "model name", 10) == 0)
                    if (const char *colon = strchr(line, ':')) cpu = std::string(colon + 2);
            cpu.erase(cpu.find_last_not_of('\n') + 1);
            fclose(file);
        }
        utsname name;
        if (uname(&name) == 0) system = std::string(name.sysname) + " " + name.release;
        getloadavg(&load, 1);
    }

    std::string json() const {
        return JsonObject()
            .add("cpu", cpu)
            .add("cores", cores)
            .add("system", system)
            .add("load", load)
            .text();
    }
};

std::string name_of_game(const BenchArguments &arguments) {
    if (!arguments.freekill.empty()) return "freekill-core";
    return arguments.files ? "generated, " + plural(arguments.files, "file", "files")
                           : arguments.vm.script;
}

bool wanted(const BenchArguments &arguments, const char *key) {
    const auto &names = arguments.sections;
    return names.empty() || std::find(names.begin(), names.end(), key) != names.end();
}

// Ctrl-C ends it with what there is until then.
int measure_all(Bench &bench, const BenchArguments &arguments, JsonObject &sections) {
    int exit_code = Fine;
    size_t done = 0;
    for (const Entry &entry : entries) {
        const double part = double(done++) / double(std::size(entries));
        if (!wanted(arguments, entry.key)) continue;
        bench.start_section(entry.key, part);
        try {
            const Section section = entry.measure(bench);
            bench.end_section();
            sections.raw(section.key, section.json());
            if (!arguments.json) section.print(stdout);
            fflush(stdout);
        } catch (const std::exception &problem) {
            bench.end_section();
            if (bench.interrupted()) return Interrupted;
            complain(std::string(entry.key) + ": " + problem.what());
            exit_code = Failed;
        }
    }
    return exit_code;
}

} // namespace

std::vector<std::string> bench_sections() {
    std::vector<std::string> keys;
    for (const Entry &entry : entries) keys.emplace_back(entry.key);
    return keys;
}

int bench(const BenchArguments &arguments) {
    BenchArguments mine = arguments;
    std::string problem;
    if (mine.freekill.empty() && mine.vm.script.empty() && !mine.files)
        mine.vm.script = example_game(problem);
    if (!problem.empty()) {
        complain(problem);
        return Usage;
    }
    if (!mine.freekill.empty() && mine.vm.preload.empty())
        mine.vm.preload = {"server.rpc.cbor=fk.cbor", "json=fk.json"};
    const Machine machine;
    if (!mine.json)
        printf("fkvm %s, %s, %s, %s, load %s\n", fk_version(), machine.system.c_str(),
               machine.cpu.c_str(), plural(machine.cores, "core", "cores").c_str(),
               fixed(machine.load, 1).c_str());
    JsonObject sections;
    int exit_code = Failed;
    try {
        Bench bench(mine);
        exit_code = measure_all(bench, mine, sections);
    } catch (const std::exception &problem) {
        complain(problem.what());
    }
    if (mine.json)
        printf("%s\n", JsonObject()
                           .add("fkvm", fk_version())
                           .add("game", name_of_game(mine))
                           .add("players", mine.players)
                           .raw("machine", machine.json())
                           .raw("sections", sections.text())
                           .text()
                           .c_str());
    return exit_code;
}

} // namespace cli
