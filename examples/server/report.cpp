// SPDX-License-Identifier: MIT
// The tables of the admin shell.
#include "report.h"

#include "admin.h"
#include "clocks.h"
#include "format.h"
#include "table.h"
#include "term.h"

#include <cstdio>
#include <cstdlib>

namespace server {

namespace {

using cli::Table;
using std::to_string;

struct Backend {
    std::string name, about;
};

std::string text_of(const Table &table) {
    char *text = nullptr;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (!file) return "out of memory\n";
    table.print(file);
    fclose(file);
    const std::string copy(text, size);
    free(text);
    return copy;
}

std::string count(uint64_t number, const char *word) {
    return cli::plural(number, word, (word + std::string("s")).c_str());
}

std::string state_of(Server &server) {
    const fk::room::PoolInfo pool = server.pool().info();
    std::string text = "  " + server.place() + ", up " + cli::seconds(server.uptime()) + "; " +
                       count(server.clients(), "client") + ", " +
                       count(server.lobby().players().size(), "player") + ", " +
                       count(server.lobby().rooms().size(), "room") + "\n  pool " +
                       std::string(name_of(pool.state)) + ", version " + to_string(pool.version) +
                       "; " + count(pool.rooms_ended, "room") + " ended, " +
                       to_string(pool.rooms_lost) + " lost, " + count(pool.deaths, "death") +
                       "; server " + cli::bytes(cli::resident_bytes(0)) + " resident\n";
    if (!pool.problem.empty()) text += "  problem: " + cli::harmless(pool.problem) + "\n";
    return text;
}

std::string budget_of(Server &server) {
    const auto &budget = server.options().pool.thread.budget;
    if (!budget) return "";
    const fk::room::BudgetInfo info = info_of(*budget);
    return "  " + count(static_cast<uint64_t>(info.vms), "VM") + " of " + cli::bytes(info.of_one) +
           " each: " + cli::bytes(info.held) + " of the budget of " + cli::bytes(info.bytes) + "\n";
}

void add_people(Table &table, const std::vector<fk::room::PlayerInfo> &people, const char *what) {
    for (const fk::room::PlayerInfo &one : people)
        table.row({to_string(one.id), cli::harmless(one.name), what,
                   std::string(name_of(one.state)), one.connected ? "connected" : "",
                   one.thinking ? "thinking" : ""});
}

} // namespace

} // namespace server

template <>
struct fk::Convert<server::Backend> : fk::ByFields<server::Backend> {
    static constexpr std::tuple fields{fk::Field{"name", &server::Backend::name},
                                       fk::Field{"about", &server::Backend::about}};
};

namespace server {

std::string report_commands(const std::vector<Command> &commands) {
    Table table("ll");
    for (const Command &command : commands)
        table.row({std::string(command.name) + " " + command.arguments, command.about});
    return text_of(table);
}

std::string report_server(Server &server) {
    const bool many = server.options().pool.thread.rooms_per_vm > 0;
    Table table("rllrrrrrrrrr",
                {many ? "thread" : "VM", "state", "backend", many ? "VMs" : "pid", "rooms",
                 "players", "observers", "ended", "lost", "memory", "resident", "notifies"});
    for (const fk::room::ThreadInfo &vm : server.pool().info().threads) {
        const fk_stats &numbers = vm.vm.numbers;
        table.row({to_string(vm.id), std::string(name_of(vm.state)), vm.vm.backend,
                   many          ? to_string(vm.vms.size())
                   : numbers.pid ? to_string(numbers.pid)
                                 : "-",
                   to_string(vm.rooms), to_string(vm.players), to_string(vm.observers),
                   to_string(vm.rooms_ended), to_string(vm.rooms_lost), cli::bytes(numbers.memory),
                   cli::bytes(numbers.rss), cli::grouped(numbers.notifications)});
    }
    return state_of(server) + text_of(table);
}

std::string report_vms(Server &server) {
    Table table("rrlrrrr", {"VM", "thread", "rooms", "pid", "memory", "of its own", "notifies"});
    for (const fk::room::ThreadInfo &thread : server.pool().info().threads)
        for (const fk::room::VmInfo &vm : thread.vms) {
            const fk_stats &numbers = vm.vm.numbers;
            std::string rooms;
            for (const int room : vm.rooms) rooms += (rooms.empty() ? "" : " ") + to_string(room);
            table.row({to_string(vm.id), to_string(thread.id), rooms.empty() ? "spare" : rooms,
                       numbers.pid ? to_string(numbers.pid) : "-", cli::bytes(numbers.memory),
                       vm.held ? cli::bytes(vm.held) : "-", cli::grouped(numbers.notifications)});
        }
    return budget_of(server) + text_of(table);
}

std::string report_rooms(Server &server) {
    std::map<int, fk::room::RoomInfo> games;
    for (fk::room::RoomInfo &game : server.pool().rooms()) games.emplace(game.id, std::move(game));
    Table table("rlrrrrrr",
                {"room", "name", "people", "seats", "observers", "VM", "plays for", "notifies"});
    for (const auto &[id, room] : server.lobby().rooms()) {
        const auto game = games.find(id);
        const bool plays = game != games.end();
        table.row({to_string(id), cli::harmless(room.name), to_string(room.players.size()),
                   to_string(room.seats), to_string(room.observers.size()),
                   plays ? to_string(game->second.thread) : "-",
                   plays ? cli::seconds(game->second.seconds) : "waits",
                   plays ? cli::grouped(game->second.notifies) : "-"});
    }
    return text_of(table);
}

std::string report_room(Server &server, const Room &room) {
    std::string text = "  room " + to_string(room.id) + ", " + cli::harmless(room.name) + ": " +
                       count(room.players.size(), "person") + " on " + count(room.seats, "seat");
    for (const fk::room::RoomInfo &game : server.pool().rooms()) {
        if (game.id != room.id) continue;
        Table people("rlllll", {"id", "name", "", "state", "", ""});
        add_people(people, game.players, "plays");
        add_people(people, game.observers, "observes");
        return text + ", on VM " + to_string(game.thread) + " for " + cli::seconds(game.seconds) +
               "; " + cli::plural(game.notifies, "notify", "notifies") + ", " +
               count(game.requests, "request") + "\n" + text_of(people);
    }
    return text + (room.playing ? ", at its end\n" : ", waits for players\n");
}

std::string report_script(const fk_value *value, const std::string &problem) {
    if (!value) return "  the script has no view of it: " + cli::harmless(problem) + "\n";
    return "  the script's view: " + cli::harmless(json(*value)) + "\n";
}

std::string report_players(Server &server) {
    Table table("rlrll", {"player", "name", "room", "", "from"});
    for (const auto &[id, player] : server.lobby().players())
        table.row({to_string(id), cli::harmless(player.name),
                   player.room ? to_string(player.room) : "lobby",
                   player.observing ? "observes" : "",
                   player.session ? player.session->address() : "offline"});
    return text_of(table);
}

std::string report_backends(Server &server) {
    const std::string &wanted = server.options().pool.thread.vm.backend;
    Table table("ll");
    for (const auto &[name, about] : backends()) table.row({name, about});
    return "  new VMs: " + (wanted.empty() ? std::string("as FK_VM_BACKEND says") : wanted) + "\n" +
           text_of(table);
}

std::map<std::string, std::string> backends() {
    fk_value *list = nullptr;
    fk::check(fk_backend_list(&list));
    const fk::Value owned(list);
    std::vector<Backend> all;
    std::map<std::string, std::string> names;
    if (fk::fits(*list, all))
        for (const Backend &one : all) names[one.name] = one.about;
    return names;
}

} // namespace server
