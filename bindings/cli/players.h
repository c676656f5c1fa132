// SPDX-License-Identifier: MIT
// The server's side of a game, in memory: rooms, players and saves, and the host methods over them.
#pragma once

#include "clocks.h"
#include "kept_messages.h"
#include "model/agenda.h"
#include "model/model.h"

#include "fk_vm.h"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace cli {

using fkvm::PlayerState;

struct PlayerSpec {
    int id = 0;
    std::string name, avatar;
    int total_game_time = 0;
    std::array<int, 3> game_data = {};
    PlayerState state = PlayerState::Trust;
};

struct RoomSpec {
    int owner = 0, timeout = 15; // seconds for a request
    std::string settings;        // bytes
    int session = 0;
    std::string session_data = "{}";
};

struct TaskSpec {
    std::string type, data;
    PlayerSpec user;
};

struct Room;

struct Player : fkvm::PlayerModel<PlayerSpec> {
    Player(PlayerSpec given, int conn, Room *in) : PlayerModel(std::move(given), conn), room(in) {}

    Room *const room;
    fkvm::Question question;
};

// What a room waits for.
struct Event {
    int room;
    std::string reason; // the second parameter of ResumeRoom
    int conn = 0;       // whose reply has arrived
    fkvm::Hold hold;
};
using Agenda = fkvm::Agenda<Event>;

struct Activity : fkvm::ActivityModel {
    using ActivityModel::ActivityModel;
    uint64_t waiting = 0; // events on the agenda
};

struct Room final : fkvm::RoomModel<Activity, RoomSpec, Player> {
    using RoomModel::RoomModel;

    uint64_t notifies = 0, payload = 0, resumes = 0;
    Agenda::Handle timer;
    Spent spent;
};

using Task = fkvm::TaskModel<Activity, TaskSpec, Player>;

// What the rooms of a house are like.
struct HouseRules {
    int players = 8;
    PlayerState state = PlayerState::Trust;
    int timeout = 15;             // seconds for a request
    std::string settings;         // bytes
    KeptMessages *kept = nullptr; // of what is sent, if it is to be kept
};

class House {
  public:
    // In real time a delay takes as long as it says; else the clock jumps to whatever is next.
    House(HouseRules rules, bool real_time);
    ~House();

    // The host methods, for fk_vm_options.methods; they point to this house.
    const fk_method *methods() const;

    Room &open_room();
    void close_room(int id);
    Room *find_room(int id);
    Room *any_room() { return rooms_.empty() ? nullptr : rooms_.begin()->second.get(); }

    std::optional<Event> take(); // the next event of a room that is still open
    int64_t wait_ms() const;     // until something is due; -1 if nothing ever is

    uint64_t unknown_methods() const { return unknown_; }
    uint64_t notifies_of_open_rooms() const;

  private:
    friend struct HouseServer;
    struct Methods;

    Player &add_player(Room &room, PlayerState state);
    Agenda::Handle remind(Activity &activity, double delay_ms, const char *reason, int conn = 0,
                          fkvm::Hold hold = {});
    void forget_timer(Room &room);
    void forget_saves(int player);
    fkvm::Moment now() const;

    HouseRules rules_;
    const bool real_time_;
    fkvm::Moment jumped_{};
    Agenda agenda_;
    std::map<int, std::unique_ptr<Room>> rooms_;
    std::unordered_map<int, Player *> by_conn_;
    struct Save {
        std::string text;
        fkvm::Hold bytes;
    };
    const fkvm::Purse purse_;
    std::map<std::string, Save> saves_;
    int last_room_ = 0, last_conn_ = 0;
    uint64_t unknown_ = 0;
    std::unique_ptr<Methods> methods_;
};

} // namespace cli
