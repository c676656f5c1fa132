// SPDX-License-Identifier: MIT
// Who comes, goes, answers and watches.
#include "engine.h"

#include "model/objects.h"

#include <algorithm>

namespace fk::room {

std::optional<Value> Engine::request(int room, int player, std::string_view request) {
    const std::string text =
        std::to_string(room) + "," + std::to_string(player) + "," + std::string(request);
    if (Activity *const activity = find_activity(room)) activity->last_call = Clock::now();
    return call(room, "HandleRequest", text);
}

std::string Engine::push_request(int number, int player, const std::string &text) {
    const Room *const room = find_room(number);
    if (!room) return no_such_room(number);
    if (!room->find_person(player)) return no_such_person(number, player);
    const auto known = request(number, player, text);
    if (is(known, false)) return "the script refused the request \"" + text + "\"";
    return known ? "" : SCRIPT_FAILED;
}

std::string Engine::wake_up(int number, const std::string &reason) {
    Activity *const activity = find_activity(number);
    if (!activity) return no_such_room(number);
    resume(*activity, reason);
    resume_all();
    return "";
}

void Engine::reply(int number, int player, int64_t question, std::string payload) {
    Room *const room = find_room(number);
    if (room && room->has_turn) resume_all();
    Player *const person = room ? room->find_person(player) : nullptr;
    if (!person) return;
    Question &asked = person->question;
    if (asked.id != question || !asked.open || Clock::now() > asked.late) return;
    asked.open = false;
    asked.answer = std::move(payload);
    resume(*room, "player_reply");
}

// The script hears of it, and is woken if it waits for this player.
void Engine::enter(Player &player, PlayerState state) {
    const bool away = state != PlayerState::Online && state != PlayerState::Trust;
    {
        const auto lock = locked();
        player.enter(state);
        player.ran = away && !player.died;
        if (away) player.spec.connection.reset();
    }
    Room &room = *player.room;
    call(room.id, "SetPlayerState", room.id, player.id(), static_cast<int>(state));
    if (state != PlayerState::Online && player.thinking)
        resume(room, away ? "player_disconnect" : "player_trust");
    if ((state == PlayerState::Run || state == PlayerState::Leave) && room.is_deserted() &&
        !room.ending)
        resume(room, "abandon");
}

std::string Engine::set_state(int number, int player, PlayerState state) {
    Room *const room = find_room(number);
    if (!room) return no_such_room(number);
    Player *const person = room->find_player(player);
    if (!person) return no_such_person(number, player);
    if (state == PlayerState::Invalid || state == PlayerState::Robot)
        return "a player cannot enter the state " + std::string(name_of(state));
    const bool here = state == PlayerState::Online || state == PlayerState::Trust;
    if (here && !person->spec.connection)
        return "player " + std::to_string(player) + " has no connection: reconnect first";
    if (person->spec.state != state) enter(*person, state);
    return "";
}

std::string Engine::set_owner(int number, int player) {
    Room *const room = find_room(number);
    if (!room) return no_such_room(number);
    if (!room->find_player(player)) return no_such_person(number, player);
    {
        const auto lock = locked();
        room->spec.owner = player;
    }
    const freekill::RoomChanges changes{.ownerId = player};
    return call(number, "UpdateRoom", number, changes) ? "" : SCRIPT_FAILED;
}

std::string Engine::set_game_time(int number, int player, int seconds) {
    Room *const room = find_room(number);
    if (!room) return no_such_room(number);
    Player *const person = room->find_person(player);
    if (!person) return no_such_person(number, player);
    person->spec.total_game_time = seconds;
    const freekill::PlayerChanges changes{.totalGameTime = seconds};
    return call(number, "UpdatePlayer", number, player, changes) ? "" : SCRIPT_FAILED;
}

std::string Engine::reconnect(int number, int player, std::shared_ptr<Connection> connection) {
    Room *const room = find_room(number);
    if (!room) return no_such_room(number);
    Player *const person = room->find_player(player);
    if (!person || !connection) return no_such_person(number, player);
    const PlayerState state = person->spec.state;
    if (!person->is_person() || state == PlayerState::Run || state == PlayerState::Leave)
        return "player " + std::to_string(player) + " has left room " + std::to_string(number);
    {
        const auto lock = locked();
        person->spec.connection = std::move(connection);
    }
    if (state != PlayerState::Online) enter(*person, PlayerState::Online);
    return request(number, player, "reconnect") ? "" : SCRIPT_FAILED;
}

std::string Engine::add_observer(int number, PlayerSpec spec) {
    Room *const room = find_room(number);
    if (!room) return no_such_room(number);
    const int id = spec.id;
    const Player *const player = room->find_player(id);
    if (id <= 0 || room->find_observer(id) || (player && player->spec.connection))
        return "player " + std::to_string(id) + " is in room " + std::to_string(number) +
               " already";
    auto observer = std::make_unique<Player>(std::move(spec), room);
    Player &added = *observer;
    {
        const auto lock = locked();
        room->observers.push_back(std::move(observer));
    }
    by_conn_[added.conn] = &added;
    call(number, "AddObserver", number, fkvm::player_object(added));
    return request(number, id, "observe") ? "" : SCRIPT_FAILED;
}

std::string Engine::remove_observer(int number, int observer) {
    Room *const room = find_room(number);
    if (!room) return no_such_room(number);
    Player *const person = room->find_observer(observer);
    if (!person) return no_such_person(number, observer);
    {
        const auto lock = locked();
        person->spec.connection.reset();
    }
    const bool heard = request(number, observer, "leave").has_value();
    call(number, "RemoveObserver", number, observer);
    forget(*person);
    const auto lock = locked();
    std::erase_if(room->observers, [&](const auto &each) { return each.get() == person; });
    return heard ? "" : SCRIPT_FAILED;
}

// ---- what scripts ask for -----------------------------------------------------------------------

void Engine::send(Player &player, std::string_view command, Bytes payload) {
    if (player.room) player.room->notifies++;
    Connection *const connection = player.spec.connection.get();
    if (!connection) return;
    if (!player.touched) touched_.push_back(&player);
    player.touched = true;
    connection->notify(command, payload);
}

void Engine::ask(Player &player, std::string_view command, Bytes payload, double timeout,
                 int64_t timestamp) {
    if (player.spec.state != PlayerState::Online || !player.spec.connection) return;
    if (player.room) player.room->requests++;
    Question &question = player.question;
    question.id++;
    question.open = true;
    const std::chrono::duration<double> time(timeout);
    const bool limited = timeout >= 0 && timeout < 1e6;
    question.late = limited ? Clock::now() + std::chrono::duration_cast<Clock::duration>(time)
                            : Clock::time_point::max();
    if (!player.touched) touched_.push_back(&player);
    player.touched = true;
    player.spec.connection->request({question.id, command, payload, timeout, timestamp});
}

Player &Engine::add_npc(Room &room) {
    PlayerSpec spec;
    do spec.id = -++npcs_;
    while (room.find_player(spec.id));
    spec.name = "Computer " + std::to_string(npcs_);
    spec.state = PlayerState::Robot;
    auto npc = std::make_unique<Player>(std::move(spec), &room);
    Player &added = *npc;
    added.added_by_script = true;
    by_conn_[added.conn] = &added;
    const auto lock = locked();
    room.players.push_back(std::move(npc));
    return added;
}

void Engine::remove_npc(Room &room, Player &npc) {
    if (npc.room != &room || !npc.added_by_script)
        throw Failure("player " + std::to_string(npc.id()) + " is no computer player that room " +
                          std::to_string(room.id) + " added",
                      FK_CODE_INVALID_PARAMS);
    forget(npc);
    const auto lock = locked();
    std::erase_if(room.players, [&](const auto &each) { return each.get() == &npc; });
}

// The state is set later: the VM cannot be called now.
void Engine::kick(Player &player) {
    std::shared_ptr<Connection> connection;
    {
        const auto lock = locked();
        connection = std::move(player.spec.connection);
    }
    if (!connection || !player.room) return;
    guarded([&] { connection->flush(); });
    guarded([&] { connection->close("The game has thrown you out."); });
    loop_->post([this, room = player.room->id, id = player.id()] { see_out(room, id); });
}

// Of one who was kicked, unless they have come back meanwhile.
void Engine::see_out(int number, int id) {
    resume_all();
    const Room *const room = find_room(number);
    const Player *const person = room ? room->find_person(id) : nullptr;
    if (!person || person->spec.connection) return;
    if (room->find_observer(id))
        remove_observer(number, id);
    else
        set_state(number, id, PlayerState::Offline);
}

} // namespace fk::room
