// SPDX-License-Identifier: MIT
// fkvm soak: each backend in turn, and what is left in the end.
#include "format.h"
#include "freekill.h"
#include "interrupts.h"
#include "json.h"
#include "share.h"
#include "soak.h"
#include "table.h"
#include "term.h"

#include <cstdlib>

namespace cli {

namespace {

bool choose_game(SoakArguments &arguments) {
    std::string problem;
    if (!arguments.freekill.empty()) {
        find_freekill(arguments.freekill, arguments.vm.script, arguments.vm.directory, problem);
    } else if (arguments.vm.script.empty()) {
        arguments.vm.script = example_game(problem);
    }
    if (!problem.empty()) complain(problem);
    return problem.empty();
}

bool choose_backends(SoakArguments &arguments) {
    if (arguments.backends.empty()) arguments.backends = standard_backends();
    for (const std::string &name : arguments.backends) {
        if (is_available(name)) continue;
        complain("there is no backend '" + name + "'. Try: fkvm backends");
        return false;
    }
    return true;
}

uint64_t provoked(const Soak &soak) {
    uint64_t sum = 0;
    for (const auto &[name, count] : soak.provoked()) sum += count;
    return sum;
}

void show(Progress &progress, const Soak &soak, double part) {
    if (!progress.due()) return;
    progress.draw(part, soak.backend() + ", " + plural(soak.rounds(), "round", "rounds"),
                  plural(soak.vms(), "VM", "VMs") + "   " + plural(soak.games(), "game", "games") +
                      "   " + grouped(provoked(soak)) + " provoked   " +
                      grouped(soak.unexpected()) + " unexpected   server " +
                      bytes(soak.last().resident));
}

std::string json_of_holdings(const Holdings &held) {
    return JsonObject()
        .add("resident", held.resident)
        .add("descriptors", held.descriptors)
        .add("threads", held.threads)
        .add("children", held.children)
        .add("zombies", held.zombies)
        .text();
}

std::string json_of_soak(const Soak &soak) {
    JsonObject provoked;
    for (const auto &[name, count] : soak.provoked()) provoked.add(name, count);
    JsonArray problems;
    for (const std::string &problem : soak.problems()) problems.raw(json_of(problem));
    return JsonObject()
        .add("backend", soak.backend())
        .add("rounds", soak.rounds())
        .add("vms", soak.vms())
        .add("games", soak.games())
        .raw("provoked", provoked.text())
        .add("unexpected", soak.unexpected())
        .raw("problems", problems.text())
        .raw("early", json_of_holdings(soak.early()))
        .raw("last", json_of_holdings(soak.last()))
        .add("growth", soak.growth())
        .text();
}

std::string change(const Soak &soak, uint64_t Holdings::*kind) {
    const uint64_t first = soak.early().*kind, last = soak.last().*kind;
    return grouped(last) + (last == first ? "" : ", first " + grouped(first));
}

struct Row {
    const char *name;
    std::string (*cell)(const Soak &);
};

const Row rows[] = {
    {"rounds", [](const Soak &soak) { return grouped(soak.rounds()); }},
    {"VMs", [](const Soak &soak) { return grouped(soak.vms()); }},
    {"games", [](const Soak &soak) { return grouped(soak.games()); }},
    {"provoked", [](const Soak &soak) { return grouped(provoked(soak)); }},
    {"not provoked", [](const Soak &soak) { return grouped(soak.unexpected()); }},
    {"server at first", [](const Soak &soak) { return bytes(soak.early().resident); }},
    {"server at last", [](const Soak &soak) { return bytes(soak.last().resident); }},
    {"descriptors", [](const Soak &soak) { return change(soak, &Holdings::descriptors); }},
    {"threads", [](const Soak &soak) { return change(soak, &Holdings::threads); }},
    {"children", [](const Soak &soak) { return change(soak, &Holdings::children); }},
    {"zombies", [](const Soak &soak) { return change(soak, &Holdings::zombies); }}};

// One column a backend.
void print(const std::vector<Soak> &soaks) {
    std::vector<std::string> titles = {""};
    for (const Soak &soak : soaks) titles.push_back(soak.backend());
    Table table("l" + std::string(soaks.size(), 'r'), titles);
    for (const Row &row : rows) {
        std::vector<std::string> cells = {row.name};
        for (const Soak &soak : soaks) cells.push_back(row.cell(soak));
        table.row(std::move(cells));
    }
    table.print(stdout);
}

int report(const std::vector<Soak> &soaks, const SoakArguments &arguments, bool interrupted) {
    std::vector<std::string> wrong;
    JsonArray list, wrongs;
    for (const Soak &soak : soaks) {
        for (const std::string &what : soak.verdict(arguments.most_growth)) wrong.push_back(what);
        for (const std::string &problem : soak.problems())
            complain(soak.backend() + ": " + problem);
        list.raw(json_of_soak(soak));
    }
    for (const std::string &what : wrong) wrongs.raw(json_of(what));
    if (arguments.json)
        printf("%s\n", JsonObject()
                           .add("ok", wrong.empty())
                           .add("interrupted", interrupted)
                           .raw("wrong", wrongs.text())
                           .raw("backends", list.text())
                           .text()
                           .c_str());
    else
        print(soaks);
    for (const std::string &what : wrong) complain(what);
    return !wrong.empty() ? Failed : interrupted ? Interrupted : Fine;
}

} // namespace

int soak(const SoakArguments &arguments) {
    SoakArguments mine = arguments;
    if (!choose_game(mine) || !choose_backends(mine)) return Usage;
    setenv("FK_VM_TEMPLATE_IDLE", "1000", 0); // so that templates, too, come and go
    std::vector<Soak> soaks;
    bool interrupted = false;
    Progress progress(true);
    Interrupts interrupts(nullptr);
    for (const std::string &backend : mine.backends) {
        if (interrupted) break;
        Soak &soak = soaks.emplace_back(mine, backend);
        soak.run(
            mine.minutes * 60 / double(mine.backends.size()), [&] { return interrupts.asked(); },
            [&](double part) { show(progress, soak, part); });
        interrupted = interrupts.asked();
    }
    progress.clear();
    return report(soaks, mine, interrupted);
}

} // namespace cli
