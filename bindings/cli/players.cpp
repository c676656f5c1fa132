// SPDX-License-Identifier: MIT
// Rooms and players in memory.
#include "players.h"

#include <algorithm>

namespace cli {

using std::chrono::steady_clock;

Player &House::add_player(Room &room, PlayerState state) {
    PlayerSpec spec;
    spec.id = ++last_conn_;
    spec.name = "player" + std::to_string(room.players.size() + 1);
    spec.avatar = "liubei";
    spec.state = state;
    auto player = std::make_unique<Player>(std::move(spec), last_conn_, &room);
    by_conn_[player->conn] = player.get();
    return *room.players.emplace_back(std::move(player));
}

Room &House::open_room() {
    RoomSpec spec;
    spec.timeout = rules_.timeout;
    spec.settings = rules_.settings;
    spec.session = ++last_room_;
    Room &room = *(rooms_[last_room_] = std::make_unique<Room>(last_room_, std::move(spec)));
    for (int i = 0; i < rules_.players; i++) add_player(room, rules_.state);
    if (!room.players.empty()) room.spec.owner = room.players[0]->id();
    return room;
}

void House::close_room(int id) {
    Room *room = find_room(id);
    if (!room) return;
    for (const auto &player : room->players) {
        by_conn_.erase(player->conn);
        forget_saves(player->id());
    }
    rooms_.erase(id);
}

// Nobody has this id again.
void House::forget_saves(int player) {
    const std::string mode = "player " + std::to_string(player), keys = mode + " ";
    saves_.erase(mode);
    auto first = saves_.lower_bound(keys);
    while (first != saves_.end() && first->first.starts_with(keys)) first = saves_.erase(first);
}

Room *House::find_room(int id) {
    const auto found = rooms_.find(id);
    return found == rooms_.end() ? nullptr : found->second.get();
}

uint64_t House::notifies_of_open_rooms() const {
    uint64_t sum = 0;
    for (const auto &[id, room] : rooms_) sum += room->notifies;
    return sum;
}

fkvm::Moment House::now() const { return real_time_ ? steady_clock::now() : jumped_; }

Agenda::Handle House::remind(Activity &activity, double delay_ms, const char *reason, int conn,
                             fkvm::Hold hold) {
    activity.waiting++;
    const std::chrono::duration<double, std::milli> delay(delay_ms);
    const auto due = now() + std::chrono::duration_cast<steady_clock::duration>(delay);
    return agenda_.add(due, {activity.id, reason, conn, std::move(hold)});
}

void House::forget_timer(Room &room) {
    if (agenda_.cancel(room.timer)) room.waiting--;
}

std::optional<Event> House::take() {
    while (const auto next = agenda_.next()) {
        if (!real_time_) jumped_ = std::max(jumped_, *next);
        auto event = agenda_.take(now());
        if (!event) break;
        Room *room = find_room(event->room);
        if (!room) continue;
        room->waiting--;
        const auto player = by_conn_.find(event->conn);
        if (player != by_conn_.end()) player->second->question.open = false;
        return event;
    }
    return std::nullopt;
}

int64_t House::wait_ms() const {
    const auto next = agenda_.next();
    if (!next) return -1;
    if (!real_time_) return 0;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - now());
    return std::max<int64_t>(left.count(), 0);
}

} // namespace cli
