// SPDX-License-Identifier: MIT
// The lobby: what people do while a game goes on, and what comes of it when it ends.
#include "lobby.h"

#include "log.h"
#include "wire.h"

#include <boost/asio/post.hpp>

namespace server {

using fk::room::PlayerState;

namespace {

struct Observe {
    int room;
};

struct Trust {
    bool on;
};

struct Reply {
    int64_t number;
    std::string reply;
};

// Answers a message when the room's thread has done what it asks for.
fk::room::Done answering(const Player &player, const Message &message) {
    return [session = player.session, head = message.head](const std::string &problem) {
        session->send(problem.empty() ? answer(head) : refusal(head, problem));
    };
}

} // namespace

} // namespace server

template <>
struct fk::Convert<server::Observe> : fk::ByFields<server::Observe> {
    static constexpr std::tuple fields{fk::Field{"room", &server::Observe::room}};
};
template <>
struct fk::Convert<server::Trust> : fk::ByFields<server::Trust> {
    static constexpr std::tuple fields{fk::Field{"on", &server::Trust::on}};
};
template <>
struct fk::Convert<server::Reply> : fk::ByFields<server::Reply> {
    static constexpr std::tuple fields{fk::Field{"number", &server::Reply::number},
                                       fk::Field{"reply", &server::Reply::reply}};
};

namespace server {

// Where the game is in which the player has a seat.
std::shared_ptr<fk::room::RoomThread> Lobby::seat_of(const Player &player) const {
    if (!player.room || player.observing) throw Refused("you play in no room");
    const std::string name = "room " + std::to_string(player.room);
    if (!rooms_.at(player.room).playing) throw Refused(name + " has not begun");
    auto thread = pool_.find(player.room);
    if (!thread) throw Refused(name + " is over");
    return thread;
}

void Lobby::reply(Player &player, const Message &message) {
    Reply reply = message.as<Reply>();
    seat_of(player)->reply(player.room, player.id, reply.number, std::move(reply.reply));
}

void Lobby::trust(Player &player, const Message &message) {
    const PlayerState state = message.as<Trust>().on ? PlayerState::Trust : PlayerState::Online;
    seat_of(player)->set_player_state(player.room, player.id, state, answering(player, message));
}

void Lobby::surrender(Player &player, const Message &message) {
    seat_of(player)->push_request(player.room, player.id, "surrender", answering(player, message));
}

void Lobby::reconnect(Player &player, const Message &message) {
    seat_of(player)->reconnect(player.room, player.id, std::make_shared<Wire>(player.session),
                               answering(player, message));
}

void Lobby::observe(Player &player, const Message &message) {
    const int id = message.as<Observe>().room;
    if (player.room) throw Refused("you are in room " + std::to_string(player.room) + " already");
    const auto room = rooms_.find(id);
    const auto thread = pool_.find(id);
    if (room == rooms_.end()) throw Refused("there is no room " + std::to_string(id));
    if (!room->second.playing)
        throw Refused("room " + std::to_string(id) + " has not begun: join it");
    if (!thread) throw Refused("room " + std::to_string(id) + " is over");
    player.room = id;
    player.observing = true;
    room->second.observers.insert(player.id);
    thread->add_observer(id, spec_of(player),
                         [this, executor = executor_, who = player.id,
                          answer = answering(player, message)](const std::string &problem) {
                             answer(problem);
                             if (!problem.empty())
                                 boost::asio::post(executor, [this, who] { stop_observing(who); });
                         });
}

void Lobby::stop_observing(int id) {
    const auto found = players_.find(id);
    if (found != players_.end() && found->second.observing)
        leave_room(found->second, PlayerState::Leave);
}

void Lobby::leave(Player &player, const Message &message) {
    if (!player.room) throw Refused("you are in no room");
    leave_room(player, PlayerState::Run);
    player.session->send(answer(message.head));
}

// state: what becomes of a seat in a game that goes on.
void Lobby::leave_room(Player &player, PlayerState state) {
    const auto found = rooms_.find(std::exchange(player.room, 0));
    const bool observed = std::exchange(player.observing, false);
    if (found == rooms_.end()) return;
    Room &room = found->second;
    if (!room.playing) return leave_waiting(player, room);
    const auto thread = pool_.find(room.id);
    if (observed) {
        room.observers.erase(player.id);
        if (thread) thread->remove_observer(room.id, player.id);
    } else {
        std::erase(room.players, player.id);
        if (thread) thread->set_player_state(room.id, player.id, state);
    }
}

void Lobby::room_ended(const fk::room::RoomEnd &end) {
    log_event(end.how == fk::room::Ending::ServerError ? Level::Error : Level::Info, "room_ended",
              {{"room", end.room},
               {"how", name_of(end.how)},
               {"thread", end.thread},
               {"cause", end.cause}});
    const auto found = rooms_.find(end.room);
    if (found == rooms_.end()) return;
    const Room room = std::move(found->second);
    rooms_.erase(found);
    send_home(room, end.how, end.reason);
}

bool Lobby::close_waiting(int id, const std::string &reason) {
    const auto found = rooms_.find(id);
    if (found == rooms_.end() || found->second.playing) return false;
    const Room room = std::move(found->second);
    rooms_.erase(found);
    log_event(Level::Info, "room_closed", {{"room", id}, {"reason", reason}});
    send_home(room, fk::room::Ending::Closed, reason);
    return true;
}

void Lobby::send_home(const Room &room, fk::room::Ending how, const std::string &reason) {
    const std::string line =
        event("closed", {member("room", FK_INT(room.id)), member("how", text(name_of(how))),
                         member("reason", text(reason))});
    std::vector<int> people = room.players;
    people.insert(people.end(), room.observers.begin(), room.observers.end());
    for (const int id : people) {
        Player &player = players_.at(id);
        player.room = 0;
        player.observing = false;
        if (player.session) player.session->send(line);
        forget(player);
    }
}

} // namespace server
