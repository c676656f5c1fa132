// SPDX-License-Identifier: MIT
// Rooms, players and tasks in memory, as every server has them. What a server adds it derives. A
// Spec is what they were given: of a player id, name, avatar, total_game_time, game_data and state;
// of a room owner, timeout, settings, session and session_data; of a task type, data and user, a
// player's.
#pragma once

#include "quotas.h"

#include <fk/freekill/objects.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace fkvm {

using fk::freekill::PlayerState;

// The question that a player was asked last.
struct Question {
    bool open = false; // no answer yet
    std::string answer;
};

template <class Spec>
struct PlayerModel {
    PlayerModel(Spec given, int connection) : spec(std::move(given)), conn(connection) {}
    int id() const { return spec.id; }

    Spec spec; // its state is that of now
    const int conn;
    bool thinking = false, died = false;
    Hold hold = {}; // of one that a script added
};

// What the VM resumes by its id: a room, or a task.
struct ActivityModel {
    explicit ActivityModel(int number) : id(number) {}
    virtual ~ActivityModel() = default;

    Holder holder() const { return {id, taken_}; }

    const int id;
    int references = 0; // that the script holds

  private:
    const std::shared_ptr<Counts> taken_ = std::make_shared<Counts>();
};

template <class Player>
Player *find_player(const std::vector<std::unique_ptr<Player>> &list, int id) {
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const auto &each) { return each->id() == id; });
    return found == list.end() ? nullptr : found->get();
}

template <class Activity, class Spec, class Player>
struct RoomModel : Activity {
    RoomModel(int number, Spec given) : Activity(number), spec(std::move(given)) {}
    Player *find_player(int id) const { return fkvm::find_player(players, id); }

    Spec spec;
    std::vector<std::unique_ptr<Player>> players; // by seat
    bool game_over = false;
    Hold session_hold = {};         // of session data that a script has set
    std::vector<Hold> results = {}; // that were counted
};

template <class Activity, class Spec, class Player>
struct TaskModel : Activity {
    TaskModel(int number, Spec given) : Activity(number), spec(std::move(given)) {}

    Spec spec;
    std::unique_ptr<Player> user; // may be missing
};

} // namespace fkvm
