// SPDX-License-Identifier: MIT
// The threads of a pool, by the version of their scripts. Not locked: their owner does that.
#pragma once

#include <fk/room/pool.hpp>

namespace fk::room {

struct Member {
    std::shared_ptr<RoomThread> thread;
    int version;
    bool replacement;     // of one that died, and not running yet
    bool retired = false; // closes when it is empty
    bool failed = false;  // to open a VM: its end is no other death
};

class Members {
  public:
    void add(Member member) { list_.push_back(std::move(member)); }
    Member *find(int thread); // by RoomThread::id(); nullptr: none
    void remove(int thread);

    std::vector<std::shared_ptr<RoomThread>> all() const;
    std::vector<std::shared_ptr<RoomThread>> outdated(int version) const;
    std::vector<std::shared_ptr<RoomThread>>
    takers(int version) const; // of rooms, the emptiest first
    std::shared_ptr<RoomThread> home_of(int activity) const;
    int count(int version) const;   // that stay open; one that has died counts until it is removed
    Member *find_idle(int version); // one that may retire

  private:
    std::vector<Member> list_;
};

} // namespace fk::room
