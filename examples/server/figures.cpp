// SPDX-License-Identifier: MIT
// What is told of the server, its VMs, rooms and people.
#include "figures.h"

#include "clocks.h"
#include "format.h"
#include "term.h"

#include <ctime>

namespace server {

namespace {

using std::to_string;

template <class N>
Figure number(N value) {
    return {to_string(value), static_cast<double>(value)};
}

Figure grouped(uint64_t value) { return {cli::grouped(value), static_cast<double>(value)}; }
Figure bytes(uint64_t value) { return {cli::bytes(value), static_cast<double>(value)}; }
Figure seconds(double value) { return {cli::seconds(value), value}; }
Figure plain(std::string_view text) { return {cli::harmless(text)}; }
Figure number_or_dash(int64_t value) { return value ? number(value) : Figure{"-"}; }

std::string list_of(const std::vector<int> &ids, const char *otherwise) {
    std::string text;
    for (const int id : ids) text += (text.empty() ? "" : " ") + to_string(id);
    return text.empty() ? otherwise : text;
}

// By the number of the first one.
Figure list(const std::vector<int> &ids, const char *otherwise) {
    if (ids.empty()) return {otherwise};
    return {list_of(ids, otherwise), static_cast<double>(ids.front())};
}

// The VM of each room.
std::map<int, int> homes_of(const Moment &moment) {
    std::map<int, int> homes;
    for (const fk::room::ThreadInfo &thread : moment.pool.threads)
        for (const fk::room::VmInfo &vm : thread.vms)
            for (const int room : vm.rooms) homes.emplace(room, vm.id);
    return homes;
}

Figure time_of_day(int64_t time) {
    const auto when = static_cast<time_t>(time);
    tm local{};
    char text[32] = "";
    if (localtime_r(&when, &local)) strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
    return {text, static_cast<double>(time)};
}

} // namespace

Moment look_at(Server &server) {
    return {server, server.pool().info(), server.pool().rooms(), cli::resident_bytes(0)};
}

Figure budget_of(const Server &server) {
    const auto &budget = server.options().pool.thread.budget;
    if (!budget) return {};
    const fk::room::BudgetInfo info = info_of(*budget);
    return {cli::plural(static_cast<uint64_t>(info.vms), "VM", "VMs") + " of " +
            cli::bytes(info.of_one) + " each: " + cli::bytes(info.held) + " of the budget of " +
            cli::bytes(info.bytes)};
}

std::vector<std::pair<const char *, Figure>> facts_of(const Moment &moment) {
    const fk::room::PoolInfo &pool = moment.pool;
    std::vector<std::pair<const char *, Figure>> facts{
        {"place", {moment.server.place()}},
        {"uptime", seconds(moment.server.uptime())},
        {"clients", grouped(moment.server.clients())},
        {"players", grouped(moment.server.lobby().players().size())},
        {"rooms", grouped(moment.server.lobby().rooms().size())},
        {"pool", plain(name_of(pool.state))},
        {"version", number(pool.version)},
        {"ended", grouped(pool.rooms_ended)},
        {"lost", number(pool.rooms_lost)},
        {"deaths", grouped(pool.deaths)},
        {"resident", bytes(moment.resident)}};
    if (!pool.problem.empty()) facts.emplace_back("problem", plain(pool.problem));
    if (Figure budget = budget_of(moment.server); !budget.text.empty())
        facts.emplace_back("budget", std::move(budget));
    return facts;
}

Sheet threads_of(const Moment &moment) {
    const bool many = moment.server.options().pool.thread.rooms_per_vm > 0;
    Sheet sheet{{{many ? "thread" : "VM"},
                 {"state", false},
                 {"backend", false},
                 {many ? "VMs" : "pid"},
                 {"rooms"},
                 {"players"},
                 {"observers"},
                 {"ended"},
                 {"lost"},
                 {"memory"},
                 {"resident"},
                 {"notifies"}},
                {}};
    for (const fk::room::ThreadInfo &thread : moment.pool.threads) {
        const fk_stats &numbers = thread.vm.numbers;
        sheet.rows.push_back(
            {number(thread.id), plain(name_of(thread.state)), plain(thread.vm.backend),
             many ? number(thread.vms.size()) : number_or_dash(numbers.pid), number(thread.rooms),
             number(thread.players), number(thread.observers), number(thread.rooms_ended),
             number(thread.rooms_lost), bytes(numbers.memory), bytes(numbers.rss),
             grouped(numbers.notifications)});
    }
    return sheet;
}

Sheet vms_of(const Moment &moment) {
    Sheet sheet{{{"VM"},
                 {"thread"},
                 {"rooms", false},
                 {"state", false},
                 {"pid"},
                 {"memory"},
                 {"resident"},
                 {"of its own"},
                 {"calls"},
                 {"notifies"}},
                {}};
    for (const fk::room::ThreadInfo &thread : moment.pool.threads)
        for (const fk::room::VmInfo &vm : thread.vms) {
            const fk_stats &numbers = vm.vm.numbers;
            sheet.rows.push_back({number(vm.id), number(thread.id), list(vm.rooms, "spare"),
                                  plain(name_of(thread.state)), number_or_dash(numbers.pid),
                                  bytes(numbers.memory), bytes(numbers.rss),
                                  vm.held ? bytes(vm.held) : Figure{"-"}, grouped(numbers.calls),
                                  grouped(numbers.notifications)});
        }
    return sheet;
}

// Where all rooms of a thread share a VM, that goes by the thread's number.
Sheet rooms_of(const Moment &moment) {
    const bool many = moment.server.options().pool.thread.rooms_per_vm > 0;
    std::map<int, const fk::room::RoomInfo *> games;
    for (const fk::room::RoomInfo &game : moment.games) games.emplace(game.id, &game);
    const std::map<int, int> homes = homes_of(moment);
    Sheet sheet{{{"room"}, {"name", false}, {"people"}, {"seats"}, {"observers"}, {"VM"}}, {}};
    if (many) sheet.columns.push_back({"thread"});
    for (const char *title : {"plays for", "notifies"}) sheet.columns.push_back({title});
    for (const auto &[id, room] : moment.server.lobby().rooms()) {
        std::vector<Figure> row{number(id), plain(room.name), number(room.players.size()),
                                number(room.seats), number(room.observers.size())};
        if (const auto found = games.find(id); found == games.end()) {
            row.insert(row.end(), many ? 2 : 1, Figure{"-"});
            row.insert(row.end(), {Figure{"waits"}, Figure{"-"}});
        } else {
            const fk::room::RoomInfo &game = *found->second;
            const auto home = homes.find(id);
            if (many) row.push_back(home == homes.end() ? Figure{"-"} : number(home->second));
            row.push_back(number(game.thread));
            row.insert(row.end(), {seconds(game.seconds), grouped(game.notifies)});
        }
        sheet.rows.push_back(std::move(row));
    }
    return sheet;
}

Sheet players_of(Server &server) {
    Sheet sheet{{{"player"}, {"name", false}, {"room"}, {"", false}, {"from", false}}, {}};
    for (const auto &[id, player] : server.lobby().players())
        sheet.rows.push_back({number(id),
                              plain(player.name),
                              player.room ? number(player.room) : Figure{"lobby"},
                              {player.observing ? "observes" : ""},
                              {player.session ? player.session->address() : "offline"}});
    return sheet;
}

Sheet deaths_of(Server &server) {
    Sheet sheet{{{"time", false},
                 {"VM"},
                 {"thread"},
                 {"rooms", false},
                 {"report", false},
                 {"cause", false}},
                {}};
    for (const Death &death : server.deaths().latest())
        sheet.rows.push_back({time_of_day(death.time),
                              number_or_dash(death.vm),
                              number_or_dash(death.thread),
                              list(death.rooms, "-"),
                              {death.report.empty() ? "-" : death.report},
                              plain(death.cause)});
    return sheet;
}

} // namespace server

fk_value fk::Convert<server::Figure>::to(const server::Figure &in, fk::Scratch &scratch) {
    const fk_value text = fk::to_value(std::string_view(in.text), scratch);
    if (!in.number) return text;
    fk_value *const both = scratch.items(2);
    both[0] = text;
    both[1] = FK_DOUBLE(*in.number);
    return FK_ITEMS(both, 2);
}
