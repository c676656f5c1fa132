// SPDX-License-Identifier: MIT
// fkvm bench-probe: one measurement, its figures as JSON. `fkvm bench` runs it.
#include "commands.h"
#include "freekill.h"
#include "probes.h"

namespace cli {

namespace {

struct ProbeEntry {
    const char *name;
    std::string (*measure)(const ProbeArguments &);
};

const ProbeEntry probes[] = {
    {"game", probe_game},           {"parallel", probe_parallel}, {"rounds", probe_rounds},
    {"endurance", probe_endurance}, {"crowd", probe_crowd},       {"pause", probe_pause},
    {"close", probe_close},         {"updates", probe_updates},   {"call", probe_call},
    {"echo", probe_echo},           {"notify", probe_notify}};

} // namespace

int probe(const ProbeArguments &arguments) {
    ProbeArguments mine = arguments;
    std::string problem;
    if (!mine.freekill.empty() &&
        !find_freekill(mine.freekill, mine.vm.script, mine.vm.directory, problem)) {
        complain(problem);
        return Usage;
    }
    for (const ProbeEntry &entry : probes) {
        if (mine.what != entry.name) continue;
        printf("%s\n", entry.measure(mine).c_str());
        return Fine;
    }
    complain("there is no probe '" + mine.what + "'");
    return Usage;
}

} // namespace cli
