// SPDX-License-Identifier: MIT
// The tables of the admin shell.
#include "report.h"

#include "admin.h"
#include "figures.h"
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

std::string text_of(const Sheet &sheet) {
    std::string alignment;
    std::vector<std::string> titles;
    for (const Sheet::Column &column : sheet.columns) {
        alignment += column.right ? 'r' : 'l';
        titles.emplace_back(column.title);
    }
    Table table(alignment, titles);
    for (const std::vector<Figure> &row : sheet.rows) {
        std::vector<std::string> cells;
        for (const Figure &figure : row) cells.push_back(figure.text);
        table.row(cells);
    }
    return text_of(table);
}

std::string sentences_of(const Moment &moment) {
    std::map<std::string_view, Figure> facts;
    for (const auto &[name, figure] : facts_of(moment)) facts.emplace(name, figure);
    const auto is = [&](const char *name) { return facts[name].text; };
    const auto several = [&](const char *name, const char *word) {
        return is(name) + " " + word + (facts[name].number == 1 ? "" : "s");
    };
    std::string text =
        "  " + is("place") + ", up " + is("uptime") + "; " + several("clients", "client") + ", " +
        several("players", "player") + ", " + several("rooms", "room") + "\n  pool " + is("pool") +
        ", version " + is("version") + "; " + several("ended", "room") + " ended, " + is("lost") +
        " lost, " + several("deaths", "death") + "; server " + is("resident") + " resident\n";
    if (facts.contains("problem")) text += "  problem: " + is("problem") + "\n";
    return text;
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
    const Moment moment = look_at(server);
    return sentences_of(moment) + text_of(threads_of(moment));
}

std::string report_vms(Server &server) {
    const std::string budget = budget_of(server).text;
    return (budget.empty() ? "" : "  " + budget + "\n") + text_of(vms_of(look_at(server)));
}

std::string report_rooms(Server &server) { return text_of(rooms_of(look_at(server))); }

std::string report_players(Server &server) { return text_of(players_of(server)); }

std::string report_deaths(Server &server) { return text_of(deaths_of(server)); }

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
