// SPDX-License-Identifier: MIT
// The lobby: rooms that wait for players, until their game begins.
#include "lobby.h"

#include "log.h"
#include "wire.h"

namespace server {

using fk::room::PlayerSpec;
using fk::room::PlayerState;

namespace {

constexpr int shortest_timeout = 3, longest_timeout = 300; // seconds
constexpr size_t longest_settings = 16 << 10;              // bytes

struct Create {
    std::optional<std::string> name, settings;
    std::optional<int> seats, timeout;
};

struct Join {
    int room;
};

void check_range(const char *what, int value, int least, int most) {
    if (value < least || value > most)
        throw Refused(std::string(what) + " must be " + std::to_string(least) + " to " +
                      std::to_string(most) + ", not " + std::to_string(value));
}

// A player of trust must have the id of a person; no account gets as far as this one.
constexpr int first_computer = 1'000'000'000;

PlayerSpec computer(int seat, PlayerState state) {
    PlayerSpec spec;
    spec.id = state == PlayerState::Robot ? -seat : first_computer + seat;
    spec.name = "Computer " + std::to_string(seat);
    spec.state = state;
    return spec;
}

} // namespace

} // namespace server

template <>
struct fk::Convert<server::Create> : fk::ByFields<server::Create> {
    using Create = server::Create;
    static constexpr std::tuple fields{
        fk::Field{"name", &Create::name}, fk::Field{"settings", &Create::settings},
        fk::Field{"seats", &Create::seats}, fk::Field{"timeout", &Create::timeout}};
};

template <>
struct fk::Convert<server::Join> : fk::ByFields<server::Join> {
    static constexpr std::tuple fields{fk::Field{"room", &server::Join::room}};
};

namespace server {

Room &Lobby::new_room(int seats) {
    if (rooms_.size() >= size_t(options_.max_rooms))
        throw Refused("the server is full: it has " + std::to_string(rooms_.size()) + " rooms");
    Room &room = rooms_[++last_room_];
    room.id = last_room_;
    room.seats = seats;
    room.timeout = options_.timeout;
    room.settings = options_.settings;
    return room;
}

void Lobby::create(Player &player, const Message &message) {
    const Create wanted = message.as<Create>();
    if (player.room) throw Refused("you are in room " + std::to_string(player.room) + " already");
    const int seats = wanted.seats.value_or(options_.seats);
    const int timeout = wanted.timeout.value_or(options_.timeout);
    check_range("seats", seats, 1, options_.max_seats);
    check_range("timeout", timeout, shortest_timeout, longest_timeout);
    if (wanted.name) check_name(*wanted.name);
    if (wanted.settings && wanted.settings->size() > longest_settings)
        throw Refused("settings have at most " + std::to_string(longest_settings) + " bytes");
    Room &room = new_room(seats);
    room.owner = player.id;
    room.timeout = timeout;
    room.name = wanted.name.value_or(player.name);
    if (wanted.settings) room.settings = *wanted.settings;
    player.session->send(answer(message.head, {member("room", FK_INT(room.id))}));
    enter(player, room);
}

Room &Lobby::waiting_room(int id) {
    const auto found = rooms_.find(id);
    if (found == rooms_.end()) throw Refused("there is no room " + std::to_string(id));
    if (found->second.playing)
        throw Refused("room " + std::to_string(id) + " plays already: observe it");
    return found->second;
}

void Lobby::join(Player &player, const Message &message) {
    const int id = message.as<Join>().room;
    if (player.room) throw Refused("you are in room " + std::to_string(player.room) + " already");
    Room &room = waiting_room(id);
    if (room.players.size() >= size_t(room.seats))
        throw Refused("room " + std::to_string(id) + " is full");
    player.session->send(answer(message.head, {member("room", FK_INT(id))}));
    enter(player, room);
}

// The last free seat begins the game.
void Lobby::enter(Player &player, Room &room) {
    player.room = room.id;
    room.players.push_back(player.id);
    tell_room(room);
    if (room.players.size() < size_t(room.seats)) return;
    const std::string problem = begin(room);
    if (!problem.empty()) tell(room, event("not_started", {member("reason", text(problem))}));
}

void Lobby::start(Player &player, const Message &message) {
    if (!player.room) throw Refused("you are in no room");
    Room &room = waiting_room(player.room);
    if (room.owner != player.id) throw Refused("only the owner starts the game");
    const std::string problem = begin(room);
    if (!problem.empty()) throw Refused(problem);
    player.session->send(answer(message.head));
}

// Empty seats go to computers. Returns what came between.
std::string Lobby::begin(Room &room) {
    fk::room::RoomSpec spec;
    spec.id = room.id;
    spec.owner = room.owner;
    spec.timeout = room.timeout;
    spec.settings = room.settings;
    spec.mode = options_.mode;
    for (const int id : room.players) spec.players.push_back(spec_of(players_.at(id)));
    for (int seat = int(spec.players.size()) + 1; seat <= room.seats; seat++)
        spec.players.push_back(
            computer(seat, room.owner ? PlayerState::Robot : options_.computers));
    const size_t people = room.players.size();
    room.playing = true;
    tell_room(room); // before the game's own lines
    const fk::room::Added added = pool_.add_room(std::move(spec));
    room.playing = bool(added);
    if (added)
        log_event(Level::Info, "room_began",
                  {{"room", room.id}, {"people", people}, {"seats", room.seats}});
    else
        log_event(Level::Warning, "room_refused", {{"room", room.id}, {"reason", added.problem}});
    return added.problem;
}

PlayerSpec Lobby::spec_of(const Player &player) const {
    PlayerSpec spec;
    spec.id = player.id;
    spec.name = player.name;
    spec.game_data = {player.rates.total(), player.rates.win, player.rates.run};
    spec.connection = std::make_shared<Wire>(player.session);
    return spec;
}

fk::room::Added Lobby::open_computers(int seats) try {
    Room &room = new_room(seats);
    room.name = "Computers";
    const int id = room.id;
    const std::string problem = begin(room);
    if (!problem.empty()) rooms_.erase(id);
    return {problem.empty() ? id : 0, problem};
} catch (const Refused &problem) {
    return {0, problem.what()};
}

void Lobby::leave_waiting(const Player &player, Room &room) {
    std::erase(room.players, player.id);
    if (room.players.empty()) {
        rooms_.erase(room.id);
        return;
    }
    if (room.owner == player.id) room.owner = room.players.front();
    tell_room(room);
}

void Lobby::tell(const Room &room, const std::string &line) const {
    for (const int id : room.players)
        if (const auto &session = players_.at(id).session) session->send(line);
}

void Lobby::tell_room(const Room &room) const {
    fk::Scratch scratch;
    tell(room, event("room", {member("room", fk::to_value(view_of(room), scratch))}));
}

} // namespace server
