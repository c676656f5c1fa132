// SPDX-License-Identifier: MIT
// Rooms and people: what they know of themselves.
#include "room.h"

#include <algorithm>
#include <climits>

namespace fk::room {

namespace {

// 1, 2, 3 ... and after the last one from the first again.
class Ids {
  public:
    Ids(int first, int last) : first_(first), span_(int64_t{last} - first) {}
    int next() {
        const int64_t step = count_.fetch_add(1, std::memory_order_relaxed);
        const int64_t offset = step % (std::abs(span_) + 1);
        return static_cast<int>(first_ + (span_ < 0 ? -offset : offset));
    }

  private:
    const int first_;
    const int64_t span_;
    std::atomic<int64_t> count_ = 0;
};

Ids room_ids(1, INT_MAX), task_ids(-1001, -10'000'000), conn_ids(1000, INT_MAX);
std::atomic<uint64_t> serials = 0;

PlayerInfo describe(const Player &player) {
    return {
        player.id(),     player.conn, player.spec.name, player.spec.state, !!player.spec.connection,
        player.thinking, player.died};
}

double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

} // namespace

int next_room_id() { return room_ids.next(); }
int next_task_id() { return task_ids.next(); }

Player::Player(PlayerSpec given, Room *in)
    : PlayerModel(std::move(given), conn_ids.next()), room(in) {
    if (spec.state == PlayerState::Online && !spec.connection) spec.state = PlayerState::Robot;
}

void Player::enter(PlayerState state) {
    const auto now = Clock::now();
    if (spec.state == PlayerState::Online) online_ += now - since_;
    since_ = now;
    spec.state = state;
}

int Player::seconds_online() const {
    const bool now = spec.state == PlayerState::Online;
    return static_cast<int>(seconds(online_ + (now ? Clock::now() - since_ : Clock::duration{})));
}

Activity::Activity(int id) : ActivityModel(id), serial(++serials) {}

Room::Room(RoomSpec given) : RoomModel(given.id, std::move(given)) {
    for (PlayerSpec &player : spec.players)
        players.push_back(std::make_unique<Player>(std::move(player), this));
    spec.players.clear();
}

bool Room::has_online() const {
    return std::ranges::any_of(
        players, [](const auto &player) { return player->spec.state == PlayerState::Online; });
}

Player *Room::find_observer(int id) const { return fkvm::find_player(observers, id); }

Player *Room::find_person(int id) const {
    Player *const player = find_player(id), *const observer = find_observer(id);
    return observer && !(player && player->spec.connection) ? observer : player;
}

bool Room::is_deserted() const {
    const auto is = [&](auto rule) { return std::any_of(players.begin(), players.end(), rule); };
    return is([](const auto &p) { return p->is_person(); }) &&
           !is([](const auto &p) { return p->is_person() && p->is_present(); });
}

Task::Task(int id, TaskSpec given) : TaskModel(id, std::move(given)) {
    if (spec.user.id != 0) user = std::make_unique<Player>(spec.user, nullptr);
}

RoomInfo describe(const Room &room, int thread) {
    RoomInfo info{room.id,
                  thread,
                  room.spec.owner,
                  room.spec.session,
                  room.references,
                  room.spec.mode,
                  room.game_over,
                  seconds(Clock::now() - room.since),
                  room.notifies.value(),
                  room.requests.value(),
                  room.resumes.value(),
                  {},
                  {}};
    for (const auto &player : room.players) info.players.push_back(describe(*player));
    for (const auto &observer : room.observers) info.observers.push_back(describe(*observer));
    return info;
}

RoomEnd describe_end(const Room &room, int thread, const Outcome &outcome) {
    RoomEnd end{room.id,        thread,        room.spec.session,      outcome.how, room.game_over,
                outcome.reason, outcome.cause, room.spec.session_data, {}};
    for (const auto &player : room.players)
        end.players.push_back({player->id(), player->conn, player->spec.state, player->died,
                               player->ran, player->seconds_online()});
    return end;
}

} // namespace fk::room
