// SPDX-License-Identifier: MIT
// What the page for operators reads.
#include "view.h"

#include "message.h"

#include <ctime>
#include <fk/fields.hpp>

namespace server {

namespace {

constexpr std::string_view levels[] = {"debug", "info", "warning", "error"};

// In the server's zone, as in its log.
std::string clock_of(int64_t milliseconds) {
    const auto seconds = static_cast<time_t>(milliseconds / 1000);
    tm local{};
    char text[32] = "";
    if (localtime_r(&seconds, &local)) strftime(text, sizeof text, "%H:%M:%S", &local);
    const std::string rest = std::to_string(1000 + milliseconds % 1000);
    return text + ("." + rest.substr(1));
}

std::string tables_of(const Moment &moment, std::vector<fk_member> members, fk::Scratch &scratch) {
    const Sheet threads = threads_of(moment), vms = vms_of(moment), rooms = rooms_of(moment),
                players = players_of(moment.server), deaths = deaths_of(moment.server);
    const auto add = [&](const char *name, const Sheet &sheet) {
        members.push_back(member(name, fk::to_value(sheet, scratch)));
    };
    add("threads", threads);
    add("vms", vms);
    add("rooms", rooms);
    add("players", players);
    add("deaths", deaths);
    return json(FK_MEMBERS(members.data(), members.size()));
}

} // namespace

Point point_of(const Moment &moment) {
    Point point{moment.server.uptime(), 0, 0,
                moment.resident,        0, moment.server.lobby().rooms().size()};
    for (const fk::room::ThreadInfo &thread : moment.pool.threads) {
        point.scripts += thread.vm.numbers.memory;
        point.children += thread.vm.numbers.rss;
        point.vms += thread.vms.size();
    }
    return point;
}

std::string state_of(const Moment &moment) {
    fk::Scratch scratch;
    const auto facts = facts_of(moment);
    std::vector<fk_member> told;
    for (const auto &[name, figure] : facts)
        told.push_back(member(name, fk::to_value(figure, scratch)));
    const Point point = point_of(moment);
    const bool many = moment.server.options().pool.thread.rooms_per_vm > 0;
    const std::string &reports = moment.server.deaths().reports().folder();
    return tables_of(moment,
                     {member("facts", FK_MEMBERS(told.data(), told.size())),
                      member("point", fk::to_value(point, scratch)), member("many", FK_BOOL(many)),
                      member("reports", FK_BOOL(!reports.empty())),
                      member("server", text(fk_version()))},
                     scratch);
}

std::string history_of(const History &history) {
    fk::Scratch scratch;
    const std::vector<Point> latest = history.latest();
    const fk_member members[] = {member("latest", fk::to_value(latest, scratch)),
                                 member("all", fk::to_value(history.all(), scratch))};
    return json(FK_OBJECT(members));
}

std::string records_of(const std::vector<Kept> &records, uint64_t &last) {
    fk::Scratch scratch;
    std::vector<std::string> times;
    for (const Kept &record : records) times.push_back(clock_of(record.milliseconds));
    fk_value *const items = scratch.items(records.size());
    for (size_t i = 0; i < records.size(); i++) {
        const Kept &record = records[i];
        fk_member *const members = scratch.members(4);
        members[0] = member("number", FK_INT(record.number));
        members[1] = member("time", text(times[i]));
        members[2] = member("level", text(levels[static_cast<int>(record.level)]));
        members[3] = member("text", text(record.text));
        items[i] = FK_MEMBERS(members, 4);
        last = record.number;
    }
    return json(FK_ITEMS(items, records.size()));
}

} // namespace server
