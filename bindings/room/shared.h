// SPDX-License-Identifier: MIT
// What the VMs of one thread share: its options, its loop, its lock, its log.
#pragma once

#include "loop.h"
#include "room.h"

#include <fk/room/thread.hpp>

#include <set>
#include <unordered_map>

namespace fk::room {

class Engine;

struct Shared {
    Shared(ThreadOptions given, int id, Loop::Hooks hooks);

    void log(fk_level level, std::string_view text, int room = 0) const;
    void guarded(const Job &job) const; // the server's code: what it throws goes to the log
    std::unique_lock<std::mutex> locked() const { return std::unique_lock(mutex); }

    // Of a room or task that no VM has any more: people, server and storage hear of it.
    void say_end(Activity &activity, const Outcome &outcome);

    const ThreadOptions options;
    const int thread;
    const std::shared_ptr<Loop> loop;
    mutable std::mutex mutex; // over what follows, and over what snapshots read of VMs
    std::set<int> known;      // rooms and tasks that have been added and have not ended
    Counter ended_rooms, lost_rooms;

    // Of the loop.
    std::vector<std::shared_ptr<Engine>> stirred; // VMs with something to settle
    std::unordered_map<int, Engine *> homes;      // of rooms and tasks that have begun
};

} // namespace fk::room
