// SPDX-License-Identifier: MIT
// Who comes, goes, answers and watches.
#include "engine.h"

#include "model/objects.h"

#include <algorithm>

namespace fk::room {

namespace {

// What became of a request, for who has asked.
Engine::Result said(const Engine::Answer &answer) {
    return [answer](const std::optional<Value> &known) { answer(known ? "" : SCRIPT_FAILED); };
}

} // namespace

void Engine::request(int room, int player, std::string_view request, Result then) {
    const std::string text =
        std::to_string(room) + "," + std::to_string(player) + "," + std::string(request);
    if (Activity *const activity = find_activity(room)) activity->last_call = Clock::now();
    call(room, std::move(then), "HandleRequest", text);
}

void Engine::push_request(int number, int player, const std::string &text, const Answer &answer) {
    const Room *const room = find_room(number);
    if (!room) return answer(no_such_room(number));
    if (!room->find_person(player)) return answer(no_such_person(number, player));
    request(number, player, text, [text, answer](const std::optional<Value> &known) {
        if (is(known, false)) return answer("the script refused the request \"" + text + "\"");
        answer(known ? "" : SCRIPT_FAILED);
    });
}

void Engine::wake_up(int number, const std::string &reason, const Answer &answer) {
    Activity *const activity = find_activity(number);
    if (!activity) return answer(no_such_room(number));
    resume(*activity, reason);
    if (manner_ == Manner::Begins) return later([answer] { answer(""); });
    resume_all();
    answer("");
}

void Engine::reply(int number, int player, int64_t question, std::string payload) {
    Room *const room = find_room(number);
    if (room && waits_for_turn(*room, [this, number, player, question, payload] {
            reply(number, player, question, payload);
        }))
        return;
    Player *const person = room ? room->find_person(player) : nullptr;
    if (!person) return;
    Question &asked = person->question;
    if (asked.id != question || !asked.open || Clock::now() > asked.late) return;
    asked.open = false;
    asked.answer = std::move(payload);
    resume(*room, "player_reply");
}

// The script hears of it, and is woken if it waits for this player.
void Engine::enter(Player &player, PlayerState state, const Job &then) {
    const bool away = state != PlayerState::Online && state != PlayerState::Trust;
    {
        const auto lock = locked();
        player.enter(state);
        player.ran = away && !player.died;
        if (away) player.spec.connection.reset();
    }
    const int number = player.room->id;
    const auto wake = [this, number, person = player.id(), state, away,
                       then](const std::optional<Value> &) {
        Room *const room = find_room(number);
        const Player *const entered = room ? room->find_player(person) : nullptr;
        if (entered && state != PlayerState::Online && entered->thinking)
            resume(*room, away ? "player_disconnect" : "player_trust");
        if ((state == PlayerState::Run || state == PlayerState::Leave) && room &&
            room->is_deserted() && !room->ending)
            resume(*room, "abandon");
        then();
    };
    call(number, wake, "SetPlayerState", number, player.id(), static_cast<int>(state));
}

void Engine::set_state(int number, int player, PlayerState state, const Answer &answer) {
    Room *const room = find_room(number);
    if (!room) return answer(no_such_room(number));
    Player *const person = room->find_player(player);
    if (!person) return answer(no_such_person(number, player));
    if (state == PlayerState::Invalid || state == PlayerState::Robot)
        return answer("a player cannot enter the state " + std::string(name_of(state)));
    const bool here = state == PlayerState::Online || state == PlayerState::Trust;
    if (here && !person->spec.connection)
        return answer("player " + std::to_string(player) + " has no connection: reconnect first");
    if (person->spec.state == state) return answer("");
    enter(*person, state, [answer] { answer(""); });
}

void Engine::set_owner(int number, int player, const Answer &answer) {
    Room *const room = find_room(number);
    if (!room) return answer(no_such_room(number));
    if (!room->find_player(player)) return answer(no_such_person(number, player));
    {
        const auto lock = locked();
        room->spec.owner = player;
    }
    const freekill::RoomChanges changes{.ownerId = player};
    call(number, said(answer), "UpdateRoom", number, changes);
}

void Engine::set_game_time(int number, int player, int seconds, const Answer &answer) {
    Room *const room = find_room(number);
    if (!room) return answer(no_such_room(number));
    Player *const person = room->find_person(player);
    if (!person) return answer(no_such_person(number, player));
    person->spec.total_game_time = seconds;
    const freekill::PlayerChanges changes{.totalGameTime = seconds};
    call(number, said(answer), "UpdatePlayer", number, player, changes);
}

void Engine::reconnect(int number, int player, std::shared_ptr<Connection> connection,
                       const Answer &answer) {
    Room *const room = find_room(number);
    if (!room) return answer(no_such_room(number));
    Player *const person = room->find_player(player);
    if (!person || !connection) return answer(no_such_person(number, player));
    const PlayerState state = person->spec.state;
    if (!person->is_person() || state == PlayerState::Run || state == PlayerState::Leave)
        return answer("player " + std::to_string(player) + " has left room " +
                      std::to_string(number));
    {
        const auto lock = locked();
        person->spec.connection = std::move(connection);
    }
    const Job greet = [this, number, player, answer] {
        request(number, player, "reconnect", said(answer));
    };
    if (state != PlayerState::Online)
        enter(*person, PlayerState::Online, greet);
    else
        greet();
}

void Engine::add_observer(int number, PlayerSpec spec, const Answer &answer) {
    Room *const room = find_room(number);
    if (!room) return answer(no_such_room(number));
    const int id = spec.id;
    const Player *const player = room->find_player(id);
    if (id <= 0 || room->find_observer(id) || (player && player->spec.connection))
        return answer("player " + std::to_string(id) + " is in room " + std::to_string(number) +
                      " already");
    auto observer = std::make_unique<Player>(std::move(spec), room);
    Player &added = *observer;
    {
        const auto lock = locked();
        room->observers.push_back(std::move(observer));
    }
    by_conn_[added.conn] = &added;
    call(number, IGNORE, "AddObserver", number, fkvm::player_object(added));
    request(number, id, "observe", said(answer));
}

void Engine::remove_observer(int number, int observer, const Answer &answer) {
    Room *const room = find_room(number);
    if (!room) return answer(no_such_room(number));
    Player *const person = room->find_observer(observer);
    if (!person) return answer(no_such_person(number, observer));
    {
        const auto lock = locked();
        person->spec.connection.reset();
    }
    const auto heard = std::make_shared<bool>(false);
    request(number, observer, "leave",
            [heard](const std::optional<Value> &known) { *heard = known.has_value(); });
    const auto finish = [this, number, observer, heard, answer](const std::optional<Value> &) {
        drop_observer(number, observer);
        answer(*heard ? "" : SCRIPT_FAILED);
    };
    call(number, finish, "RemoveObserver", number, observer);
}

void Engine::drop_observer(int number, int observer) {
    Room *const room = find_room(number);
    Player *const person = room ? room->find_observer(observer) : nullptr;
    if (!person) return;
    forget(*person);
    const auto lock = locked();
    std::erase_if(room->observers, [&](const auto &each) { return each.get() == person; });
}

} // namespace fk::room
