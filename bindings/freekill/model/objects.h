// SPDX-License-Identifier: MIT
// Rooms, players and tasks of a model as scripts get them. They hold views: what they were made
// from must stay.
#pragma once

#include <fk/fields.hpp>
#include <fk/scalars.hpp>

namespace fkvm {

struct PlayerObject {
    template <class Player>
    explicit PlayerObject(const Player &player)
        : conn(player.conn), id(player.id()), name(player.spec.name), avatar(player.spec.avatar),
          time(player.spec.total_game_time), state(static_cast<int>(player.spec.state)),
          data(std::tuple_cat(player.spec.game_data)), thinking(player.thinking) {}

    int conn, id;
    std::string_view name, avatar;
    int time, state;
    std::tuple<int, int, int> data;
    bool thinking; // so that scripts need not ask: they alone change it
};

struct RoomObject {
    template <class Room>
    explicit RoomObject(const Room &room)
        : id(room.id), owner(room.spec.owner), timeout(room.spec.timeout),
          settings(room.spec.settings) {
        for (const auto &player : room.players) players.emplace_back(*player);
    }

    int id, owner, timeout;
    std::string_view settings;
    std::vector<PlayerObject> players;
};

struct TaskObject {
    template <class Task>
    explicit TaskObject(const Task &task)
        : id(task.id), conn(task.user ? task.user->conn : 0), user(task.spec.user.id),
          type(task.spec.type), data(task.spec.data) {}

    int id, conn, user;
    std::string_view type, data;
};

} // namespace fkvm

template <>
struct fk::Convert<fkvm::PlayerObject> : fk::ByFields<fkvm::PlayerObject> {
    using T = fkvm::PlayerObject;
    static constexpr std::string_view name = "a player";
    static constexpr std::tuple fields{
        fk::Field{"connId", &T::conn},        fk::Field{"id", &T::id},
        fk::Field{"screenName", &T::name},    fk::Field{"avatar", &T::avatar},
        fk::Field{"totalGameTime", &T::time}, fk::Field{"state", &T::state},
        fk::Field{"gameData", &T::data},      fk::Field{"thinking", &T::thinking}};
};

template <>
struct fk::Convert<fkvm::RoomObject> : fk::ByFields<fkvm::RoomObject> {
    using T = fkvm::RoomObject;
    static constexpr std::string_view name = "a room";
    static constexpr std::tuple fields{
        fk::Field{"id", &T::id}, fk::Field{"ownerId", &T::owner}, fk::Field{"timeout", &T::timeout},
        fk::Field{"settings", &T::settings}, fk::Field{"players", &T::players}};
};

template <>
struct fk::Convert<fkvm::TaskObject> : fk::ByFields<fkvm::TaskObject> {
    using T = fkvm::TaskObject;
    static constexpr std::string_view name = "a task";
    static constexpr std::tuple fields{
        fk::Field{"id", &T::id}, fk::Field{"connId", &T::conn}, fk::Field{"userId", &T::user},
        fk::Field{"taskType", &T::type}, fk::Field{"data", &T::data}};
};
