// SPDX-License-Identifier: MIT
// A room, a player and a task as FreeKill's scripts get them. Made from shapes.lua by
// methods_doc.lua; test/freekill/methods.py fails where they differ, and writes this with `update`.
#pragma once

#include <fk/fields.hpp>
#include <fk/scalars.hpp>

#include <optional>
#include <string>
#include <vector>

// clang-format off
namespace fk::freekill {

// As scripts see it: fk.Player_Online and so on.
enum class PlayerState { Invalid, Online, Trust, Run, Leave, Robot, Offline };

struct PlayerData {
    int connId = 0; // of the connection; host methods name players by it
    int id = 0; // of the account
    std::string screenName = {};
    std::string avatar = {};
    int totalGameTime = 0; // seconds
    int state = 0; // 0 to 6, see PlayerState
    std::vector<int> gameData = {0, 0, 0}; // games won, games played, games left
    std::optional<bool> thinking = {}; // given: the scripts' from then on, and never asked for
};

struct RoomData {
    int id = 0;
    int ownerId = 0; // the id of a player
    int timeout = 0; // seconds to answer a question
    std::string settings = {}; // as the core wants them: CBOR
    std::vector<PlayerData> players = {}; // by seat
    std::vector<PlayerData> observers = {};
};

struct TaskData {
    int id = 0; // below zero
    std::string taskType = {};
    std::string data = {}; // CBOR
    std::optional<int> connId = {}; // of the player who asked for the task
    std::optional<int> userId = {}; // and the id of that player
};

// What the server changes while a room runs; what is not set stays.
struct PlayerChanges {
    std::optional<std::string> screenName = {};
    std::optional<std::string> avatar = {};
    std::optional<int> totalGameTime = {};
    std::optional<int> state = {};
    std::optional<std::vector<int>> gameData = {};
};

struct RoomChanges {
    std::optional<int> ownerId = {};
    std::optional<int> timeout = {};
};

} // namespace fk::freekill

template <>
struct fk::Convert<fk::freekill::PlayerData> : fk::ByFields<fk::freekill::PlayerData> {
    using T = fk::freekill::PlayerData;
    static constexpr std::string_view name = "a player";
    static constexpr std::tuple fields{fk::Field{"connId", &T::connId}, fk::Field{"id", &T::id}, fk::Field{"screenName", &T::screenName}, fk::Field{"avatar", &T::avatar}, fk::Field{"totalGameTime", &T::totalGameTime}, fk::Field{"state", &T::state}, fk::Field{"gameData", &T::gameData}, fk::Field{"thinking", &T::thinking}};
};

template <>
struct fk::Convert<fk::freekill::RoomData> : fk::ByFields<fk::freekill::RoomData> {
    using T = fk::freekill::RoomData;
    static constexpr std::string_view name = "a room";
    static constexpr std::tuple fields{fk::Field{"id", &T::id}, fk::Field{"ownerId", &T::ownerId}, fk::Field{"timeout", &T::timeout}, fk::Field{"settings", &T::settings}, fk::Field{"players", &T::players}, fk::Field{"observers", &T::observers}};
};

template <>
struct fk::Convert<fk::freekill::TaskData> : fk::ByFields<fk::freekill::TaskData> {
    using T = fk::freekill::TaskData;
    static constexpr std::string_view name = "a task";
    static constexpr std::tuple fields{fk::Field{"id", &T::id}, fk::Field{"taskType", &T::taskType}, fk::Field{"data", &T::data}, fk::Field{"connId", &T::connId}, fk::Field{"userId", &T::userId}};
};

template <>
struct fk::Convert<fk::freekill::PlayerChanges> : fk::ByFields<fk::freekill::PlayerChanges> {
    using T = fk::freekill::PlayerChanges;
    static constexpr std::string_view name = "changes of a player";
    static constexpr std::tuple fields{fk::Field{"screenName", &T::screenName}, fk::Field{"avatar", &T::avatar}, fk::Field{"totalGameTime", &T::totalGameTime}, fk::Field{"state", &T::state}, fk::Field{"gameData", &T::gameData}};
};

template <>
struct fk::Convert<fk::freekill::RoomChanges> : fk::ByFields<fk::freekill::RoomChanges> {
    using T = fk::freekill::RoomChanges;
    static constexpr std::string_view name = "changes of a room";
    static constexpr std::tuple fields{fk::Field{"ownerId", &T::ownerId}, fk::Field{"timeout", &T::timeout}};
};

// clang-format on
