// SPDX-License-Identifier: MIT
// What a run amounts to.
#include "summary.h"

#include "format.h"
#include "json.h"
#include "table.h"
#include "term.h"

#include <algorithm>
#include <numeric>

namespace cli {

namespace {

template <class Member>
uint64_t sum(const std::vector<Game> &games, Member member) {
    uint64_t total = 0;
    for (const Game &game : games) total += game.*member;
    return total;
}

// Microseconds a notify of each complete game, in order.
template <class Member>
std::vector<double> pace(const std::vector<Game> &games, Member member) {
    std::vector<double> numbers;
    for (const Game &game : games)
        if (game.problem.empty() && game.notifies) numbers.push_back((game.*member)());
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

std::string span(const std::vector<double> &numbers) {
    if (numbers.empty()) return "-";
    std::string text = fixed(median(numbers), 2);
    if (numbers.size() > 1)
        text += "   (" + fixed(numbers.front(), 2) + " to " + fixed(numbers.back(), 2) + ")";
    return text;
}

std::string number_with(uint64_t count, Style style) {
    return count ? styled(stdout, style, grouped(count)) : grouped(count);
}

} // namespace

double median(std::vector<double> numbers) {
    if (numbers.empty()) return 0;
    std::sort(numbers.begin(), numbers.end());
    const size_t middle = numbers.size() / 2;
    return numbers.size() % 2 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
}

double percentile(const std::vector<double> &sorted, double part) {
    return sorted[size_t(double(sorted.size() - 1) * part)];
}

uint64_t Summary::complete() const {
    const auto fine = [](const Game &game) { return game.problem.empty(); };
    return static_cast<uint64_t>(std::count_if(games.begin(), games.end(), fine));
}

int Summary::exit_code() const {
    if (interrupted) return Interrupted;
    return complete() == wanted && lua_errors == 0 ? Fine : Failed;
}

void Summary::print(FILE *file) const {
    const uint64_t notifies = sum(games, &Game::notifies);
    const bool fine = complete() == wanted;
    Table table("ll");
    table.row(
        {"backend", styled(file, Style::Cyan, backend) + ", open in " + seconds(open_seconds)});
    table.row({"games", styled(file, fine ? Style::Green : Style::Red,
                               grouped(complete()) + " of " + grouped(wanted) + " complete") +
                            ", " + plural(rooms, "room", "rooms") + " at once, " +
                            plural(uint64_t(players), "player", "players")});
    table.row(
        {"notifies", grouped(notifies) + ", " + bytes(sum(games, &Game::payload)) + " of payload"});
    table.row({"resumes", grouped(sum(games, &Game::resumes))});
    table.row(
        {"host methods", grouped(notifications) + " notified, " + grouped(requests) + " awaited"});
    table.row({"Lua errors",
               number_with(lua_errors, Style::Red) + ", " + number_with(criticals, Style::Red) +
                   " critical, " + number_with(warnings, Style::Yellow) + " warnings, " +
                   number_with(failed_notifications, Style::Yellow) + " failed notifications"});
    table.row({"time", seconds(double(spent.wall) / 1e9) + ", CPU " +
                           seconds(double(spent.cpu()) / 1e9) + " (server " +
                           seconds(double(spent.own) / 1e9) + ", child " +
                           seconds(double(spent.child) / 1e9) + ")"});
    table.row({"us a notify", span(pace(games, &Game::us_per_notify))});
    table.row({"  of CPU", span(pace(games, &Game::cpu_us_per_notify))});
    table.row({"memory", "VM " + bytes(memory) + ", at most " + bytes(memory_peak) + "; server " +
                             bytes(server) + (child ? ", child " + bytes(child) : "") +
                             " resident"});
    table.print(file);
    if (interrupted) complain("interrupted; this is what was done until then");
}

std::string Summary::json() const {
    JsonArray each;
    for (const Game &game : games)
        each.raw(JsonObject()
                     .add("room", game.room)
                     .add("ended", game.ended)
                     .add("game_over", game.game_over)
                     .add("problem", game.problem)
                     .add("notifies", game.notifies)
                     .add("payload", game.payload)
                     .add("resumes", game.resumes)
                     .add("wall_us", double(game.spent.wall) / 1e3)
                     .add("cpu_us", double(game.spent.cpu()) / 1e3)
                     .text());
    const auto count = [&](auto member) {
        return std::count_if(games.begin(), games.end(), [&](const Game &g) { return g.*member; });
    };
    return JsonObject()
        .add("backend", backend)
        .add("games_wanted", wanted)
        .add("games", complete())
        .add("games_over", count(&Game::game_over))
        .add("rooms_ended", count(&Game::ended))
        .add("rooms_at_once", rooms)
        .add("players", players)
        .add("notifies", sum(games, &Game::notifies))
        .add("payload", sum(games, &Game::payload))
        .add("resumes", sum(games, &Game::resumes))
        .add("calls", calls)
        .add("host_notifications", notifications)
        .add("host_requests", requests)
        .add("failed_notifications", failed_notifications)
        .add("lua_errors", lua_errors)
        .add("criticals", criticals)
        .add("warnings", warnings)
        .add("open_s", open_seconds)
        .add("wall_s", double(spent.wall) / 1e9)
        .add("cpu_s", double(spent.cpu()) / 1e9)
        .add("cpu_server_s", double(spent.own) / 1e9)
        .add("cpu_child_s", double(spent.child) / 1e9)
        .add("us_per_notify", median(pace(games, &Game::us_per_notify)))
        .add("cpu_us_per_notify", median(pace(games, &Game::cpu_us_per_notify)))
        .add("vm_memory", memory)
        .add("vm_memory_peak", memory_peak)
        .add("server_rss", server)
        .add("child_rss", child)
        .add("interrupted", interrupted)
        .raw("each", each.text())
        .text();
}

} // namespace cli
