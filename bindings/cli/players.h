// SPDX-License-Identifier: MIT
// The server's side of a game, in memory: rooms, players and saves, and the host methods over them.
#pragma once

#include "agenda.h"
#include "clocks.h"

#include "fk_vm.h"

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace cli {

enum PlayerState { Online = 1, Trust = 2, Robot = 5 };

struct Player {
    int64_t conn, id, room;
    std::string name, avatar;
    int64_t state;
    bool thinking = false, replied = false;
};

struct Room {
    int64_t id;
    std::vector<std::unique_ptr<Player>> players;
    uint64_t notifies = 0, payload = 0, resumes = 0, waiting = 0; // waiting: events on the agenda
    bool game_over = false;
    Agenda::Handle timer{-1, 0};
    std::string session;
    Spent spent;
};

// What the rooms of a house are like.
struct HouseRules {
    int players = 8;
    int64_t state = Trust;
    int64_t timeout = 15; // seconds for a request
    std::string settings; // bytes
};

class House {
  public:
    House(HouseRules rules, bool real_time);

    // The host methods, for fk_vm_options.methods; they point to this house.
    const fk_method *methods() const { return methods_.data(); }

    Room &open_room();
    void close_room(int64_t id);
    Room *find_room(int64_t id);
    Room *any_room() { return rooms_.empty() ? nullptr : &rooms_.begin()->second; }

    Agenda &agenda() { return agenda_; }
    std::optional<Event> take(); // the next event of a room that is still open

    uint64_t unknown_methods() const { return unknown_; }
    uint64_t notifies_of_open_rooms() const;

  private:
    friend struct HostMethods;

    Player &add_player(Room &room, int64_t state);
    Agenda::Handle remind(Room &room, int64_t delay_ms, const char *reason, int64_t conn = 0);
    void forget_timer(Room &room);

    HouseRules rules_;
    Agenda agenda_;
    std::map<int64_t, Room> rooms_;
    std::unordered_map<int64_t, Player *> by_conn_;
    std::map<std::string, std::string> saves_;
    int64_t last_room_ = 0, last_conn_ = 0;
    uint64_t unknown_ = 0;
    std::vector<fk_method> methods_;
};

// The host methods of house; the list ends with {0}.
std::vector<fk_method> host_methods(House &house);

} // namespace cli
