// SPDX-License-Identifier: MIT
// Rooms, tasks and people as their thread keeps them. What snapshots read changes only under the
// thread's mutex; counters are for the thread to write and for all to read.
#pragma once

#include "loop.h"
#include "model/model.h"

#include <fk/room/connection.hpp>

#include <atomic>
#include <optional>

namespace fk::room {

// Written by one thread only, so that no locked instruction is needed.
class Counter {
  public:
    void operator++(int) { value_.store(value() + 1, std::memory_order_relaxed); }
    uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<uint64_t> value_ = 0;
};

static_assert(static_cast<int>(PlayerState::Offline) ==
              static_cast<int>(fkvm::PlayerState::Offline));

struct Question : fkvm::Question {
    int64_t id = 0;
    Clock::time_point late;
};

struct Room;

// A player, an observer, a computer player of the script, or the user of a task. Its state and
// connection are those of now.
struct Player : fkvm::PlayerModel<PlayerSpec> {
    Player(PlayerSpec given, Room *in);

    bool is_person() const { return spec.id > 0 && spec.state != PlayerState::Robot; }
    bool is_present() const {
        return spec.state == PlayerState::Online || spec.state == PlayerState::Trust;
    }
    void enter(PlayerState state); // keeps the time spent Online
    int seconds_online() const;

    Room *const room; // nullptr: a task's
    Question question;
    bool ran = false, touched = false;
    bool added_by_script = false;

  private:
    Clock::duration online_ = {};
    Clock::time_point since_ = Clock::now();
};

// What the VM resumes by its id.
struct Activity : fkvm::ActivityModel {
    explicit Activity(int id);

    bool ends_now() const { return ending && (*ending != Ending::Over || references <= 0); }

    const uint64_t serial;        // another activity may have had this id
    bool has_turn = false;        // it is to be resumed
    bool is_ripe = false;         // it is among those that may end
    bool lingers = false;         // its end is put off for the references
    std::string failure;          // of the latest call that failed, for people
    std::optional<Ending> ending; // it ends, Over when the script holds no reference any more
    fkvm::Agenda<fkvm::Hold> delays;
    std::optional<Agenda::Handle> next_delay; // of the loop: the one job for them
    Clock::time_point last_call = Clock::now();
};

// Its spec is without players.
struct Room final : fkvm::RoomModel<Activity, RoomSpec, Player> {
    explicit Room(RoomSpec given);

    bool has_online() const; // somebody may answer a request
    Player *find_observer(int id) const;
    Player *find_person(int id) const; // who ran away may observe
    bool is_deserted() const;          // it had people, and all are away

    std::vector<std::unique_ptr<Player>> observers;
    std::optional<Agenda::Handle> request_timer;
    const Clock::time_point since = Clock::now();
    Counter notifies, requests, resumes;
};

struct Task final : fkvm::TaskModel<Activity, TaskSpec, Player> {
    Task(int id, TaskSpec given);
};

RoomInfo describe(const Room &room, int thread);
// How an activity ends, in words for people and for the log.
struct Outcome {
    Ending how;
    std::string reason, cause;
};
RoomEnd describe_end(const Room &room, int thread, const Outcome &outcome);

// Process-wide, so that no two threads use one twice.
int next_room_id();
int next_task_id();

} // namespace fk::room
