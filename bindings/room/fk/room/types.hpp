// SPDX-License-Identifier: MIT
// What goes into a room and what comes out of it: plain data, of which every thread has its own
// copy.
#pragma once

#include <fk_vm.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fk::room {

class Connection;

// As scripts see it, fk.Player_Online and so on.
enum class PlayerState { Invalid, Online, Trust, Run, Leave, Robot, Offline };
FK_API std::string_view name_of(PlayerState state);

struct PlayerSpec {
    int id = 0; // above 0 for people; one person once in a room
    std::string name, avatar;
    int total_game_time = 0;           // seconds, of earlier games
    std::array<int, 3> game_data = {}; // games, won, run away from
    PlayerState state = PlayerState::Online;
    // None: what is sent is dropped, and Online becomes Robot.
    std::shared_ptr<Connection> connection;
};

struct RoomSpec {
    int id = 0;                      // 0: the next free one. A later game may have the id again
    int owner = 0;                   // a player's id
    int timeout = 15;                // seconds that players have for a request
    std::string settings;            // bytes for the script
    std::string mode;                // the name under which saves of players are kept
    int session = 1;                 // counts the games that the same people play in turn
    std::string session_data = "{}"; // what the script left there in the game before
    std::vector<PlayerSpec> players; // by seat
};

// A piece of work in the VM that is no room, e.g. for one person in the lobby. The script gets
// HandleRequest("-1,ID,newtask"); its id is below -1000.
struct TaskSpec {
    std::string type, data;              // bytes for the script
    PlayerSpec user;                     // id 0: none
    std::function<void(int task)> ended; // on the room's thread; may be empty
};

// How a room ended.
enum class Ending {
    Over,        // the script said so
    Closed,      // close_room(), or the thread was closed
    ServerError, // its VM died or the script failed: the game is lost
};
FK_API std::string_view name_of(Ending ending);

struct PlayerEnd {
    int id, conn;
    PlayerState state;
    bool died;   // the script said setDied(true)
    bool ran;    // left while alive, or was not there at the end while alive
    int seconds; // spent in this game in state Online
};

struct RoomEnd {
    int room, thread, session;
    Ending how;
    bool game_over;     // the script called gameOver: the results count
    std::string reason; // a sentence for people, as Connection::room_closed() has it
    std::string cause;  // for the log
    std::string session_data;
    std::vector<PlayerEnd> players; // computer players that the script added included
};

// A VM that died: by itself, by a limit, or because somebody killed it.
struct VmDeath {
    int vm, thread;         // VmInfo::id, ThreadInfo::id
    std::vector<int> rooms; // and tasks, which are lost
    fk_status status;
    fk_death death;    // FK_DEATH_NONE: it was killed
    std::string cause; // for the log; names the report if FK_VM_CRASH_DIR keeps one
};

// ---- looking: snapshots -----------------------------------------------------------------------

struct PlayerInfo {
    int id, conn;
    std::string name;
    PlayerState state;
    bool connected, thinking, died;
};

struct RoomInfo {
    int id, thread, owner, session, references;
    std::string mode;
    bool game_over;
    double seconds; // since it began
    uint64_t notifies, requests, resumes;
    std::vector<PlayerInfo> players, observers;
};

enum class ThreadState {
    Starting, // its VM loads; rooms may be added and begin after it
    Running,
    Draining, // takes no more rooms and closes after the last one
    Dead,     // its VM died or did not open
    Closed,
};
FK_API std::string_view name_of(ThreadState state);

struct VmStats {
    fk_stats numbers; // its strings are NULL; they are here:
    std::string backend, sandbox;
};

struct VmInfo {
    int id;                 // unique in this process, from 1
    std::vector<int> rooms; // and tasks, by id
    uint64_t held;          // bytes of its own, as measured last for the budget; 0: not yet
    VmStats vm;
};

struct ThreadInfo {
    int id;
    ThreadState state;
    int rooms, tasks, players, observers, capacity;
    double seconds;                   // since it began
    uint64_t rooms_ended, rooms_lost; // lost: by Ending::ServerError
    std::string problem;              // of Dead, and of Draining after a VM that did not open
    VmStats vm;                       // with rooms_per_vm: the sums of all its VMs
    std::vector<VmInfo> vms;
    int spares, waiting;           // VMs without a room; rooms that wait for one
    uint64_t vms_opened, vms_died; // since it began
};

// ---- the log --------------------------------------------------------------------------------

struct LogRecord {
    fk_level level;        // what scripts print is FK_LEVEL_PRINT
    std::string_view text; // any bytes if a script wrote it
    int thread, room;      // 0: none
};

// From any thread of the library, several at a time; must not throw.
using Log = std::function<void(const LogRecord &)>;

} // namespace fk::room
