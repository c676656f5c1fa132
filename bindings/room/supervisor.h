// SPDX-License-Identifier: MIT
// What is inside a RoomThreadPool: the threads by version of their scripts, and a thread of its own
// that replaces them.
#pragma once

#include "loop.h"
#include "watch.h"

#include <fk/room/pool.hpp>

#include <condition_variable>
#include <deque>

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
    struct Member {
        std::shared_ptr<RoomThread> thread;
        int version;
        bool replacement;     // of one that died, and not running yet
        bool retired = false; // closes when it is empty
    };

    // With the mutex held.
    std::shared_ptr<RoomThread> open(int version, bool replacement);
    std::vector<std::shared_ptr<RoomThread>> takers() const; // of rooms, the emptiest first
    int open_threads() const; // of the current version; one that has died counts until died()
    PoolState state() const;
    Added refuse() const;
    std::chrono::milliseconds backoff() const;

    // On the supervisor's thread.
    void changed(const std::atomic<int> &thread, ThreadState state);
    void ended(const Member &member, ThreadState state);
    void died(const std::string &why);
    bool gives_up(); // one death more
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
    std::vector<Member> members_;
    int version_ = 1, newest_ = 1, loading_ = 0; // loading: of a reload under way
    std::vector<Done> waiting_, late_;           // reloads: under way, and asked for meanwhile
    std::deque<Clock::time_point> recent_deaths_;
    std::string problem_;
    bool opened_ = false, given_up_ = false, closed_ = false;
    uint64_t ended_ = 0, lost_ = 0, deaths_ = 0, reloads_ = 0; // of threads that are gone
    Loop loop_;
};

} // namespace fk::room
