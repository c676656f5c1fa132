// SPDX-License-Identifier: MIT
// What is inside a RoomThread: its loop, its VM, and the rooms, tasks and people by their ids.
#pragma once

#include "host_methods.h"
#include "loop.h"
#include "room.h"

#include <fk/room/thread.hpp>

#include <condition_variable>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>

namespace fk::room {

class Engine : public std::enable_shared_from_this<Engine> {
  public:
    Engine(ThreadOptions options, std::function<void(ThreadState)> changed);
    void start();

    // ---- from any thread -------------------------------------------------------------------

    const int id;
    ThreadState state() const;
    std::optional<Error> error() const; // that made it Dead
    bool has(int activity) const;
    int load() const;
    int capacity() const { return options_.capacity; }
    ThreadInfo info() const;
    std::vector<RoomInfo> rooms() const;

    Added add_room(RoomSpec spec);
    Added add_task(TaskSpec spec);
    void drain();
    void close(const std::string &reason);
    void kill(const std::string &reason);
    void wait();
    void join() { loop_->join(); }
    bool is_here() const { return loop_->is_here(); }
    // Runs job on the thread, and done with what it returns: "" or why it did not happen.
    void submit(Done done, std::function<std::string()> job);
    bool post(Job job) { return loop_->post(std::move(job)); }
    void call_function(std::string function, Value params,
                       std::function<void(Value, const std::string &)> answer);

    // ---- on the thread: what RoomThread asks for (the string as for submit) --------------------

    std::string push_request(int room, int player, const std::string &request);
    std::string wake_up(int activity, const std::string &reason);
    std::string close_room(int room, const std::string &reason);
    std::string set_state(int room, int player, PlayerState state);
    std::string set_owner(int room, int player);
    std::string set_game_time(int room, int player, int seconds);
    std::string reconnect(int room, int player, std::shared_ptr<Connection> connection);
    std::string add_observer(int room, PlayerSpec observer);
    std::string remove_observer(int room, int observer);
    void reply(int room, int player, int64_t question, std::string payload);
    void abort_task(int task);

  private:
    friend struct EngineServer;

    // A call into the VM for a room or task (0: neither), after those that wait for their turn.
    // Nothing: it failed, and the log has it.
    template <class... A>
    std::optional<Value> call(int activity, const char *method, const A &...params);
    template <class... A>
    std::optional<Value> call_now(int activity, const char *method, const A &...params);
    void call_failed(int activity, const Error &error);
    void begin_refusals() { refusals_ = purse_->refusals(), refused_ = false; }
    void end_refused();
    void settle(); // after each job: what the calls of before left to do
    void flush();
    void end_ripe();
    void end_failed(Activity &activity);
    void tick();
    std::string why_endless(const Room &room) const; // "": it is not
    void poll_vm();

    void open();
    void open_vm();
    void take_output(fk_level level, std::string_view text);
    void tell_warnings();
    void shut_down(const Outcome &outcome);
    void finish();
    void set_state(ThreadState state);

    Added add(std::shared_ptr<Activity> activity);
    void begin(const std::shared_ptr<Activity> &activity);

    struct Turn {
        int activity;
        std::string reason;
    };
    void resume(Activity &activity, std::string_view reason); // soon
    void resume_if(int activity, uint64_t serial, std::string_view reason);
    void take_place(int activity, std::string reason, std::deque<Turn>::iterator place);
    void resume_soon();
    void resume_all();
    void resume_some();
    void resume_alone();
    void resume_together();
    void resumed(int activity, bool over);
    void end_turn(std::optional<bool> over);

    void end_soon(Activity &activity, Ending how);
    void end(int activity, const Outcome &outcome);
    void end_room(Room &room, const Outcome &outcome);
    void forget(Player &player);
    std::optional<Value> request(int room, int player, std::string_view request);

    Room *find_room(int id) const;
    Task *find_task(int id) const;
    Activity *find_activity(int id) const;
    void enter(Player &player, PlayerState state);
    void delay(Activity &activity, double ms, fkvm::Hold hold);
    void wait_for_delay(Activity &activity);
    void set_request_timer(Room &room, double ms);
    void request_timed_out(Room &room);
    void destroy_request_timer(Room &room);
    void send(Player &player, std::string_view command, Bytes payload);
    void ask(Player &player, std::string_view command, Bytes payload, double timeout,
             int64_t timestamp);
    Player &add_npc(Room &room);
    void remove_npc(Room &room, Player &npc);
    void kick(Player &player);
    void see_out(int room, int person);
    using Holds = std::vector<fkvm::Hold>;
    using Answer = std::function<void(std::string, const std::string &problem, Holds)>;
    Answer query(const Activity *asking, bool waits);
    void save(const Activity *activity, bool waits, SaveKey key, std::string_view text,
              Holds holds);
    void load(const Activity *activity, SaveKey key, const fkvm::Hold &hold);
    std::string load_now(SaveKey key, const fkvm::Hold &hold); // throws Failure

    void log(fk_level level, std::string_view text, int room = 0) const;
    void guarded(const Job &job) const; // the server's code: what it throws goes to the log
    std::unique_lock<std::mutex> locked() const { return std::unique_lock(mutex_); }

    ThreadOptions options_;
    const std::function<void(ThreadState)> changed_;
    const Clock::time_point since_ = Clock::now();
    const std::shared_ptr<Loop> loop_;
    const std::shared_ptr<const fkvm::Purse> purse_;
    std::unique_ptr<freekill::HostMethods> host_methods_;
    Vm vm_;

    mutable std::mutex mutex_; // over what follows; the thread itself reads without it
    std::condition_variable finish_;
    bool finished_ = false; // nothing is called any more
    ThreadState state_ = ThreadState::Starting;
    std::optional<Error> error_;
    std::string kill_reason_;
    fk_vm *handle_ = nullptr;                             // while it is open
    std::set<int> known_;                                 // added and not ended
    std::map<int, std::shared_ptr<Activity>> activities_; // those that have begun

    // Of the thread alone.
    std::unordered_map<int, Player *> by_conn_;
    std::vector<Player *> touched_; // whose connection waits for flush()
    std::vector<int> ripe_;         // activities that may end now
    std::deque<Turn> turns_;        // that wait
    std::vector<Turn> running_;     // of the call that runs
    size_t ran_ = 0;                // of running_
    bool together_ = true;          // the VM has ResumeRooms
    std::optional<Error> dead_;     // the VM
    bool gone_ = false;             // shut down
    std::string warning_;           // the latest in this job
    int warning_room_ = 0;          // it came from there
    uint64_t warnings_ = 0;         // that were the same again
    int current_ = 0;               // the activity that a call runs for
    uint64_t refusals_ = 0;         // of quotas, before the turn that runs
    bool refused_ = false;          // it was ended for those since
    int npcs_ = 0;
    Counter ended_rooms_, lost_rooms_;
    std::atomic<bool> killed_ = false;
};

template <class... A>
std::optional<Value> Engine::call(int activity, const char *method, const A &...params) {
    resume_all();
    return call_now(activity, method, params...);
}

template <class... A>
std::optional<Value> Engine::call_now(int activity, const char *method, const A &...params) {
    if (dead_ || gone_) return std::nullopt;
    current_ = activity;
    begin_refusals();
    std::optional<Value> result;
    try {
        result = vm_.call<Value>(method, params...);
    } catch (const Error &error) {
        call_failed(activity, error);
    }
    current_ = 0;
    return result;
}

// Whether a result is that boolean.
inline bool is(const std::optional<Value> &result, bool wanted) {
    return result && *result && (*result)->kind == FK_BOOL && !!(*result)->integer == wanted;
}

// What the server and people are told.
inline constexpr const char *GAME_LOST =
    "Server error: this game was lost. All other games play on.";
inline constexpr const char *SCRIPT_FAILED = "the script failed, see the log";
std::string no_such_room(int room);
std::string no_such_person(int room, int person);

} // namespace fk::room
