// SPDX-License-Identifier: MIT
// Rooms and players in memory.
#include "players.h"

namespace cli {

House::House(HouseRules rules, bool real_time)
    : rules_(std::move(rules)), agenda_(real_time), methods_(host_methods(*this)) {}

Player &House::add_player(Room &room, int64_t state) {
    auto player = std::make_unique<Player>();
    player->conn = player->id = ++last_conn_;
    player->room = room.id;
    player->name = "player" + std::to_string(room.players.size() + 1);
    player->avatar = "liubei";
    player->state = state;
    by_conn_[player->conn] = player.get();
    return *room.players.emplace_back(std::move(player));
}

Room &House::open_room() {
    Room &room = rooms_[++last_room_];
    room.id = last_room_;
    room.session = "{}";
    for (int i = 0; i < rules_.players; i++) add_player(room, rules_.state);
    return room;
}

void House::close_room(int64_t id) {
    Room *room = find_room(id);
    if (!room) return;
    for (const auto &player : room->players) by_conn_.erase(player->conn);
    rooms_.erase(id);
}

Room *House::find_room(int64_t id) {
    const auto found = rooms_.find(id);
    return found == rooms_.end() ? nullptr : &found->second;
}

uint64_t House::notifies_of_open_rooms() const {
    uint64_t sum = 0;
    for (const auto &[id, room] : rooms_) sum += room.notifies;
    return sum;
}

Agenda::Handle House::remind(Room &room, int64_t delay_ms, const char *reason, int64_t conn) {
    room.waiting++;
    return agenda_.add(delay_ms, {room.id, reason, conn});
}

void House::forget_timer(Room &room) {
    if (agenda_.cancel(room.timer)) room.waiting--;
}

std::optional<Event> House::take() {
    while (auto event = agenda_.take()) {
        Room *room = find_room(event->room);
        if (!room) continue;
        room->waiting--;
        const auto player = by_conn_.find(event->conn);
        if (player != by_conn_.end()) player->second->replied = true;
        return event;
    }
    return std::nullopt;
}

} // namespace cli
