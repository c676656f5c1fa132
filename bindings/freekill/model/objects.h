// SPDX-License-Identifier: MIT
// Rooms, players and tasks of a model as scripts get them.
#pragma once

#include <fk/freekill/objects.hpp>

#include <tuple>

namespace fkvm {

template <class Player>
fk::freekill::PlayerData player_object(const Player &player) {
    const auto &spec = player.spec;
    const auto list = [](auto... numbers) { return std::vector<int>{numbers...}; };
    return {.connId = player.conn,
            .id = player.id(),
            .screenName = spec.name,
            .avatar = spec.avatar,
            .totalGameTime = spec.total_game_time,
            .state = static_cast<int>(spec.state),
            .gameData = std::apply(list, spec.game_data),
            .thinking = player.thinking}; // so that scripts need not ask: they alone change it
}

template <class Room>
fk::freekill::RoomData room_object(const Room &room) {
    fk::freekill::RoomData object{.id = room.id,
                                  .ownerId = room.spec.owner,
                                  .timeout = room.spec.timeout,
                                  .settings = std::string(room.spec.settings)};
    for (const auto &player : room.players) object.players.push_back(player_object(*player));
    return object;
}

template <class Task>
fk::freekill::TaskData task_object(const Task &task) {
    return {.id = task.id,
            .taskType = task.spec.type,
            .data = std::string(task.spec.data),
            .connId = task.user ? task.user->conn : 0,
            .userId = task.spec.user.id};
}

} // namespace fkvm
