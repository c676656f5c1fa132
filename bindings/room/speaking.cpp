// SPDX-License-Identifier: MIT
// What scripts ask of people and for them: messages, questions, computers, that somebody goes.
#include "engine.h"

#include <algorithm>

namespace fk::room {

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
    loop_->post(mine([this, room = player.room->id, id = player.id()] {
        run([this, room, id] { see_out(room, id); });
    }));
}

// Of one who was kicked, unless they have come back meanwhile.
void Engine::see_out(int number, int id) {
    const Room *const room = find_room(number);
    const Player *const person = room ? room->find_person(id) : nullptr;
    if (!person || person->spec.connection) return;
    if (room->find_observer(id))
        remove_observer(number, id, [](const std::string &) {});
    else
        set_state(number, id, PlayerState::Offline, [](const std::string &) {});
}

} // namespace fk::room
