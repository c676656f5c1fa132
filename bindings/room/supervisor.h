// SPDX-License-Identifier: MIT
// What is inside a RoomThreadPool: the threads by version of their scripts, and a thread of its own
// that replaces them.
#pragma once

#include "loop.h"
#include "members.h"
#include "restarts.h"
#include "watch.h"

#include <fk/room/pool.hpp>

#include <condition_variable>

namespace fk::room {

class Supervisor {
  public:
    explicit Supervisor(PoolOptions options);
    ~Supervisor();
    void open_first(); // throws fk::Error

    template <class Spec>
    Added add(Spec spec, Added (RoomThread::*add)(Spec));
    std::shared_ptr<RoomThread> find(int activity) const;
    std::vector<std::shared_ptr<RoomThread>> threads() const;
    void reload(Done done);
    void set_vm(Options vm);
    PoolInfo info() const;

  private:
    // With the mutex held.
    std::shared_ptr<RoomThread> open(int version, bool replacement);
    PoolState state() const;
    Added refuse() const;

    // On the supervisor's thread.
    void changed(const std::atomic<int> &thread, ThreadState state);
    void ended(const Member &member, ThreadState state);
    void died(const std::string &why);
    void restart();
    void begin_reload();
    void end_reload(const std::string &problem);
    void fill();
    void tick();
    void look();

    void log(fk_level level, const std::string &text) const;

    PoolOptions options_;
    Watch watch_;
    mutable std::mutex mutex_;
    std::condition_variable settled_; // the first thread runs or is dead
    Members members_;
    Restarts restarts_;
    int version_ = 1, newest_ = 1, loading_ = 0; // loading: of a reload under way
    std::vector<Done> waiting_, late_;           // reloads: under way, and asked for meanwhile
    std::string problem_;
    bool opened_ = false, closed_ = false;
    uint64_t ended_ = 0, lost_ = 0, deaths_ = 0, reloads_ = 0; // of threads that are gone
    Loop loop_;
};

} // namespace fk::room
