// SPDX-License-Identifier: MIT
// fkvm run: plays games and sums up.
#include "commands.h"
#include "freekill.h"
#include "interrupts.h"
#include "play.h"
#include "summary.h"

#include <algorithm>

namespace cli {

namespace {

HouseRules rules_of(const RunArguments &arguments) {
    HouseRules rules;
    rules.players = arguments.players;
    rules.state = arguments.online ? PlayerState::Online : PlayerState::Trust;
    const std::string name = arguments.seed ? "seed=" + std::to_string(*arguments.seed) : "x";
    rules.settings = freekill_settings(rules.timeout, name.c_str());
    return rules;
}

bool use_freekill(RunArguments &arguments) {
    std::string problem;
    if (find_freekill(arguments.freekill, arguments.vm.script, arguments.vm.directory, problem))
        return true;
    complain(problem);
    return false;
}

Loudness loudness_of(const RunArguments &arguments) {
    if (arguments.quiet) return Loudness::Quiet;
    return arguments.verbose ? Loudness::Verbose : Loudness::Normal;
}

// What can only be read while the VM is open.
void look_at_vm(const Vm &vm, Summary &summary) {
    const fk_stats stats = vm.stats();
    summary.backend = stats.backend ? stats.backend : "";
    summary.memory = stats.memory;
    summary.child = resident_bytes(stats.pid ? stats.pid : -1);
    summary.server = resident_bytes(0);
    summary.requests = stats.requests;
    summary.notifications = stats.notifications;
    summary.failed_notifications = stats.failed_notifications;
}

void take_over(const Play &play, const Messages &messages, Summary &summary) {
    summary.games = play.games();
    summary.calls = play.calls();
    summary.lua_errors = play.lua_errors();
    summary.memory_peak = play.memory_peak();
    summary.warnings = messages.count(FK_LEVEL_WARNING);
    summary.criticals = messages.count(FK_LEVEL_CRITICAL);
}

void report(const Summary &summary, const RunArguments &arguments) {
    for (const Game &game : summary.games)
        if (!game.problem.empty())
            complain("room " + std::to_string(game.room) + ": " + game.problem);
    if (arguments.json)
        printf("%s\n", summary.json().c_str());
    else
        summary.print(stdout);
}

} // namespace

int run(const RunArguments &arguments) {
    RunArguments mine = arguments;
    if (mine.freekill.empty() && mine.vm.script.empty()) {
        complain("run needs the script of a game, or --freekill DIR. Try: fkvm run --help");
        return Usage;
    }
    if (!mine.freekill.empty() && !use_freekill(mine)) return Usage;
    if (mine.games == 0) mine.games = mine.rooms;
    set_environment(mine.vm);

    Progress progress(!mine.quiet);
    Messages messages(loudness_of(mine));
    messages.around = [&](bool before) { before ? progress.clear() : progress.redraw(); };
    House house(rules_of(mine), mine.real_time);
    Vm vm;
    const int64_t begin = monotonic_ns();
    if (vm.open(mine.vm, house.methods(), messages) != FK_OK) {
        complain_last("the VM did not open");
        return NotOpened;
    }
    Summary summary;
    summary.open_seconds = double(monotonic_ns() - begin) / 1e9;
    summary.wanted = mine.games;
    summary.rooms = std::min(mine.rooms, mine.games);
    summary.players = mine.players;
    {
        Interrupts interrupts(vm.handle());
        const Stopwatch watch(vm.stats().pid);
        Play play(vm, house, progress,
                  {mine.games, mine.rooms, 0, [&] { return interrupts.asked(); }});
        play.run();
        summary.spent = watch.since();
        summary.interrupted = interrupts.asked();
        take_over(play, messages, summary);
        look_at_vm(vm, summary);
    }
    if (vm.close() != FK_OK) complain_last("closing the VM");
    report(summary, mine);
    return summary.exit_code();
}

} // namespace cli
