// SPDX-License-Identifier: MIT
// What is inside a RoomThread: its loop, and its VMs. With rooms_per_vm VMs are opened ahead of
// rooms and closed after them, on threads of their own; without, one VM opens and closes here.
#pragma once

#include "engine.h"

#include <condition_variable>

namespace fk::room {

class Fleet : public std::enable_shared_from_this<Fleet> {
  public:
    Fleet(ThreadOptions options, std::function<void(ThreadState)> changed);
    ~Fleet();
    void start();

    // ---- from any thread, see outside.cpp --------------------------------------------------

    const int id;
    ThreadState state() const;
    std::optional<Error> error() const; // that made it Dead, or that keeps it from opening VMs
    bool has(int activity) const;
    int load() const;
    int capacity() const { return options().capacity; }
    ThreadInfo info() const;
    std::vector<RoomInfo> rooms() const;

    Added add_room(RoomSpec spec);
    Added add_task(TaskSpec spec);
    void drain();
    void close(const std::string &reason);
    void kill(const std::string &reason);
    void kill_vm_of(int activity, const std::string &reason, Done done);
    std::shared_ptr<Engine> engine_of(int vm) const; // nullptr: no VM that is open
    bool kill_vm(int vm, const std::string &reason);
    void wait();
    void join();
    bool is_here() const { return shared_->loop->is_here(); }
    // Runs work on the thread, with the VM of that room or task; done hears what it answers.
    using Work = std::function<void(Engine &, const Engine::Answer &)>;
    void submit(int activity, Done done, Work work);
    void post(int activity, std::function<void(Engine &)> work); // nobody waits
    void close_room(int room, const std::string &reason, Done done);
    void call_function(std::string function, Value params,
                       std::function<void(Value, const std::string &)> answer);

  private:
    struct Asked { // of a room or task
        Work work;
        Engine::Answer answer;
    };
    struct Waiting { // for a VM
        std::shared_ptr<Activity> activity;
        Clock::time_point since;
        std::vector<Asked> asked; // once it has one
    };

    bool has_many() const { return options().rooms_per_vm > 0; }
    const ThreadOptions &options() const { return shared_->options; }
    Engine::Answer answer_for(const Done &done) const;
    Added add(std::shared_ptr<Activity> activity);
    std::string problem_of_adding(const Activity &activity) const; // with the lock held

    // ---- on the loop: its life -------------------------------------------------------------
    void begin();
    void settle(); // after each job
    void settle_one();
    void settle_many();
    void tick();
    void poll_idle();
    void set_state(ThreadState state);
    void shut_down(const Outcome &outcome);
    void end_if_closed();
    void finish();
    void log(fk_level level, const std::string &text) const { shared_->log(level, text); }

    // ---- on the loop: which VM, see placing.cpp ------------------------------------------------
    Engine *home_of(int activity) const;
    std::deque<Waiting>::iterator find_waiting(int activity);
    void deliver(int activity, const Asked &asked);
    void deliver(Engine &engine, int activity, const Asked &asked);
    void place(const std::shared_ptr<Activity> &activity);
    void place_waiting();
    std::shared_ptr<Engine> find_place() const;
    void refill();
    void open(const std::shared_ptr<Engine> &engine);
    void opened(const std::shared_ptr<Engine> &engine);
    void open_failed(const Error &error);
    void retire(const std::shared_ptr<Engine> &engine);
    void retire_spares();
    void end_waiting(const Outcome &outcome, Clock::time_point since);
    void end_waiting(std::deque<Waiting>::iterator which, const Outcome &outcome);
    void look_at_waiting();
    void measure_some();
    Engine *one_to_look_at(int room) const;
    int count_spares() const;
    void count_places();

    const std::shared_ptr<Shared> shared_;
    const std::function<void(ThreadState)> changed_;
    const Clock::time_point since_ = Clock::now();

    // Under the lock; the loop itself reads without it.
    std::condition_variable finish_;
    bool finished_ = false; // nothing is called any more
    ThreadState state_ = ThreadState::Starting;
    std::optional<Error> error_;
    std::string kill_reason_;
    std::vector<std::shared_ptr<Engine>> engines_; // that are open
    int unplaced_ = 0, places_ = 0; // rooms without a VM; rooms that open VMs may take
    uint64_t vms_opened_ = 0, vms_died_ = 0;

    std::vector<std::shared_ptr<Engine>> opening_;
    std::deque<Waiting> waiting_;
    int closing_ = 0; // VMs
    bool over_ = false;
    int ticks_ = 0;
    size_t measured_ = 0, polled_ = 0;     // the next in turn
    std::chrono::milliseconds backoff_{0}; // of spares, after one that died without a room
    Clock::time_point spares_after_;
    std::unique_ptr<Loop> opener_, closer_;
    std::atomic<bool> killed_ = false;
};

} // namespace fk::room
