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
        arguments.vm.script = share_file("cardgame/main.lua");
        if (arguments.vm.script.empty()) problem = "the example game, which comes with fkvm, is missing: name a game, or use --freekill DIR";
    }
    if (!problem.empty()) complain(problem);
    return problem.empty();
}

bool choose_backends(SoakArguments &arguments) {
    if (arguments.backends.empty())
        for (const char *name : {"embedded", "process"})
            if (is_available(name)) arguments.backends.emplace_back(name);
    for (const std::string &name : arguments.backends) {
        if (is_available(name)) continue;
        complain("there is no backend '" + name + "'. Try: fkvm backends");
        return false;
    }
    return true;
}

void show(Progress &progress, const Soak &soak, double part) {
    if (!progress.due()) return;
    uint64_t provoked = 0;
    for (const auto &[name, count] : soak.provoked()) provoked += count;
    progress.draw(part, soak.backend() + ", " + plural(soak.rounds(), "round", "rounds"),
                  plural(soak.vms(), "VM", "VMs") + "   " + plural(soak.games(), "game", "games") + "   " + grouped(provoked) + " provoked   " +
                      grouped(soak.unexpected()) + " unexpected   server " + bytes(soak.last().resident));
}

std::string json_of_soak(const Soak &soak) {
    JsonObject provoked, json;
    for (const auto &[name, count] : soak.provoked()) provoked.add(name, count);
    JsonArray problems;
    for (const std::string &problem : soak.problems()) problems.raw(json_of(problem));
    const auto held = [](const Holdings &now) {
        return JsonObject().add("resident", now.resident).add("descriptors", now.descriptors).add("threads", now.threads).add("children", now.children).add("zombies", now.zombies).text();
    };
    json.add("backend", soak.backend()).add("rounds", soak.rounds()).add("vms", soak.vms()).add("games", soak.games()).raw("provoked", provoked.text());
    json.add("unexpected", soak.unexpected()).raw("problems", problems.text()).raw("early", held(soak.early())).raw("last", held(soak.last()));
    return json.add("growth", soak.growth()).text();
}

// One column a backend.
void print(const std::vector<Soak> &soaks) {
    const size_t rows = 11;
    std::vector<std::vector<std::string>> cells(rows);
    const char *const names[rows] = {"rounds", "VMs", "games", "provoked", "not provoked", "server at first", "server at last", "descriptors", "threads", "children", "zombies"};
    for (size_t i = 0; i < rows; i++) cells[i] = {names[i]};
    std::vector<std::string> titles = {""};
    for (const Soak &soak : soaks) {
        uint64_t provoked = 0;
        for (const auto &[name, count] : soak.provoked()) provoked += count;
        const Holdings &first = soak.early(), &last = soak.last();
        const auto change = [](uint64_t before, uint64_t now) { return grouped(now) + (now == before ? "" : ", first " + grouped(before)); };
        const std::string column[rows] = {grouped(soak.rounds()), grouped(soak.vms()), grouped(soak.games()), grouped(provoked), grouped(soak.unexpected()),
                                          bytes(first.resident), bytes(last.resident), change(first.descriptors, last.descriptors), change(first.threads, last.threads),
                                          change(first.children, last.children), change(first.zombies, last.zombies)};
        titles.push_back(soak.backend());
        for (size_t i = 0; i < rows; i++) cells[i].push_back(column[i]);
    }
    Table table("l" + std::string(soaks.size(), 'r'), titles);
    for (const auto &row : cells) table.row(row);
    table.print(stdout);
}

int report(const std::vector<Soak> &soaks, const SoakArguments &arguments, bool interrupted) {
    std::vector<std::string> wrong;
    JsonArray list, wrongs;
    for (const Soak &soak : soaks) {
        for (const std::string &what : soak.verdict(arguments.most_growth)) wrong.push_back(what);
        for (const std::string &problem : soak.problems()) complain(soak.backend() + ": " + problem);
        list.raw(json_of_soak(soak));
    }
    for (const std::string &what : wrong) wrongs.raw(json_of(what));
    if (arguments.json)
        printf("%s\n", JsonObject().add("ok", wrong.empty()).add("interrupted", interrupted).raw("wrong", wrongs.text()).raw("backends", list.text()).text().c_str());
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
        soak.run(mine.minutes * 60 / double(mine.backends.size()), [&] { return interrupts.asked(); }, [&](double part) { show(progress, soak, part); });
        interrupted = interrupts.asked();
    }
    progress.clear();
    return report(soaks, mine, interrupted);
}

} // namespace cli
