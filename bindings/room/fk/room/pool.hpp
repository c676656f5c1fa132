// SPDX-License-Identifier: MIT
// fk::room::RoomThreadPool - balances rooms over threads, and puts a new VM in the place of one
// that is out of date or dead.
#pragma once

#include <fk/room/thread.hpp>

namespace fk::room {

struct PoolOptions {
    ThreadOptions thread;
    int threads = 1;     // open at least; rooms go to the one with the fewest
    int max_threads = 0; // of the newest version; 0: no limit. More are opened when all are full

    // Package files: folders, looked through to the bottom, and files. Links that lead out of a
    // folder are not followed: name what is behind them. After a change of names, sizes or times
    // reload() happens by itself. Empty: the VM's directory, or else its script's
    // folder.
    std::vector<std::string> watch;
    int watch_interval = 2000; // ms; 0: never

    // After a death a new VM starts after first_backoff, twice that for each death more within
    // burst_window. After burst_limit deaths within it the pool gives up until reload().
    int first_backoff = 100, max_backoff = 5000; // ms
    int burst_limit = 5, burst_window = 60'000;  // ms
};

enum class PoolState {
    Running,    // takes rooms
    Restarting, // no VM is alive, the next one is on its way
    GivenUp,    // too many died; reload() tries again
    Closed,
};
FK_API std::string_view name_of(PoolState state);

struct PoolInfo {
    PoolState state;
    std::string problem; // of Restarting and GivenUp: the latest death; else of the latest reload
                         // that failed
    int version;         // counts reloads that succeeded, from 1
    int rooms, tasks, players, observers;
    uint64_t rooms_ended, rooms_lost, deaths, reloads; // since the start; deaths: of threads
    std::vector<ThreadInfo> threads;                   // those of older versions are Draining
};

// Threads: as RoomThread; constructor and destructor block, and do not belong in a callback of the
// library.
class FK_API RoomThreadPool {
  public:
    // Opens the first VM, and throws fk::Error if it does not open.
    explicit RoomThreadPool(PoolOptions options);
    ~RoomThreadPool(); // closes all rooms

    RoomThreadPool(const RoomThreadPool &) = delete;
    RoomThreadPool &operator=(const RoomThreadPool &) = delete;

    // On the thread with the most room left. The problem says if the server is full, or why no VM
    // is alive.
    Added add_room(RoomSpec spec);
    Added start_task(TaskSpec spec);

    // Where a room or task is; nullptr if it is none any more. All else is done there:
    //     if (auto thread = pool.find(7)) thread->push_request(7, player, "surrender");
    std::shared_ptr<RoomThread> find(int id) const;
    std::shared_ptr<RoomThread> thread(int id) const; // by RoomThread::id()
    std::vector<std::shared_ptr<RoomThread>> threads() const;

    // New rooms open on new threads with new VMs as soon as those run; the old ones end with their
    // last room. If the new VM does not open all stays as it is. done runs on a thread of the pool.
    void reload(Done done = {});
    // For reloads to come: another script, backend or limit. What else changes counts for new
    // threads too.
    void set_vm(fk::Options vm);

    PoolInfo info() const;
    std::vector<RoomInfo> rooms() const; // of all threads, by id

  private:
    std::unique_ptr<class Supervisor> supervisor_;
};

} // namespace fk::room
