// SPDX-License-Identifier: MIT
// One VM, and the rooms, tasks and people in it by their ids. All runs on the thread's loop but
// where something else is said.
#pragma once

#include "host_methods.h"
#include "shared.h"

#include <deque>
#include <map>
#include <unordered_map>

namespace fk::room {

class Engine : public std::enable_shared_from_this<Engine> {
  public:
    // How calls are made: Waits blocks the thread; Begins does not where the backend can do so, and
    // what is asked of the VM meanwhile waits for its turn.
    enum class Manner { Waits, Begins };
    Engine(std::shared_ptr<Shared> shared, Manner manner);
    ~Engine();

    const int id; // unique in this process, from 1

    // ---- from any thread -------------------------------------------------------------------

    void open();  // blocks; dead() says why it did not happen
    void close(); // blocks, after shut_down()
    void kill(const std::string &reason);

    // ---- its life --------------------------------------------------------------------------

    void watch();  // once it is open
    void stir();   // there is something to settle
    void settle(); // what the calls of before left to do, and what waits for the VM
    void shut_down(const Outcome &outcome);
    void tick(); // once a second
    void poll_vm();
    bool is_embedded() const { return vm_.fd() < 0; }
    bool wants_poll(); // it is embedded, has been idle for a while, and is not tidy
    bool is_gone() const { return gone_; }
    const std::optional<Error> &dead() const { return dead_; }
    size_t rooms() const { return activities_.size(); } // and tasks
    int taken() const { return taken_; }                // in all so far

    // What it holds, as it was measured last; from any thread.
    uint64_t held() const { return held_; }
    void measure(); // from the thread that closes VMs

    // With the lock held, for snapshots.
    VmInfo info() const;
    void describe(std::vector<RoomInfo> &rooms) const;

    // ---- what RoomThread asks for ----------------------------------------------------------

    // Runs job once the VM has done what was asked of it before. False: too much waits already.
    bool run(Job job);
    using Answer = std::function<void(const std::string &problem)>;
    using Result = std::function<void(std::optional<Value>)>; // nothing: it failed, see the log
    void begin(const std::shared_ptr<Activity> &activity);
    void push_request(int room, int player, const std::string &request, const Answer &answer);
    void wake_up(int activity, const std::string &reason, const Answer &answer);
    void close_room(int room, const std::string &reason, const Answer &answer);
    void set_state(int room, int player, PlayerState state, const Answer &answer);
    void set_owner(int room, int player, const Answer &answer);
    void set_game_time(int room, int player, int seconds, const Answer &answer);
    void reconnect(int room, int player, std::shared_ptr<Connection> connection,
                   const Answer &answer);
    void add_observer(int room, PlayerSpec observer, const Answer &answer);
    void remove_observer(int room, int observer, const Answer &answer);
    void reply(int room, int player, int64_t question, std::string payload);
    void abort_task(int task);
    void call_function(const std::string &function, const fk_value *params,
                       std::function<void(Value, const std::string &)> answer);

  private:
    friend struct EngineServer;

    // ---- calls, see calls.cpp

    // A call into the VM for a room or task (0: neither), after those that wait for their turn.
    template <class Then, class... A>
    void call(int activity, Then then, const char *method, const A &...params);
    template <class... A>
    std::optional<Value> call_now(int activity, const char *method, const A &...params);
    void call_failed(int activity, const Error &error);
    struct Call {
        int activity;
        std::string method;
        Value params;
        std::function<void(std::optional<Value>, const std::optional<Error> &)> then;
    };
    struct Step { // a call, or a job, after so many of the turns that wait
        size_t turns;
        std::optional<Call> call;
        Job job;
    };
    void ask(Call call);
    void later(Job job);
    void send(Call call);
    static void answered(void *self, const fk_error *error, const fk_value *result);
    void take_answer();
    bool next();
    bool take(std::deque<Step> &steps);
    void send_turns(size_t most);
    void forget_steps();
    void stop_turn(const std::string &why);
    uint64_t most_output() const; // of a turn
    void count_output(size_t bytes);
    void count_time(Clock::duration time);
    void look_at_time();
    void begin_turn(int activity);
    void begin_refusals() { refusals_ = purse_->refusals(), refused_ = false; }
    void end_refused();

    bool is_killed();
    void flush();
    void end_ripe();
    void end_failed(Activity &activity);
    std::string why_endless(const Room &room) const; // "": it is not
    void open_vm();
    void take_output(fk_level level, std::string_view text);
    void tell_warnings();
    template <class F>
    Job mine(F job); // runs it unless the engine is gone by then

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
    void take_turns(size_t most);
    void put_back();
    std::vector<std::tuple<int, std::string_view>> list_of_turns() const;
    void resumed(int activity, bool over);
    void end_turn(std::optional<bool> over);
    bool waits_for_turn(const Activity &activity, const Job &job);

    void end_soon(Activity &activity, Ending how);
    void end(int activity, const Outcome &outcome);
    void forget(Player &player);
    void drop_observer(int room, int observer);
    void request(int room, int player, std::string_view request, Result then);

    Room *find_room(int id) const;
    Task *find_task(int id) const;
    Activity *find_activity(int id) const;
    void enter(Player &player, PlayerState state, const Job &then);
    void delay(Activity &activity, double ms, fkvm::Hold hold);
    void wait_for_delay(Activity &activity);
    void set_request_timer(Room &room, double ms);
    void request_timed_out(int room, Agenda::Handle timer);
    void destroy_request_timer(Room &room);
    void send(Player &player, std::string_view command, Bytes payload);
    void ask(Player &player, std::string_view command, Bytes payload, double timeout,
             int64_t timestamp);
    Player &add_npc(Room &room);
    void remove_npc(Room &room, Player &npc);
    void kick(Player &player);
    void see_out(int room, int person);
    using Holds = std::vector<fkvm::Hold>;
    using Query = std::function<void(std::string, const std::string &problem, Holds)>;
    Query query(const Activity *asking, bool waits);
    void save(const Activity *activity, bool waits, SaveKey key, std::string_view text,
              Holds holds);
    void load(const Activity *activity, SaveKey key, const fkvm::Hold &hold);
    std::string load_now(SaveKey key, const fkvm::Hold &hold); // throws Failure

    void log(fk_level level, std::string_view text, int room = 0) const {
        shared_->log(level, text, room);
    }
    void guarded(const Job &job) const { shared_->guarded(job); }
    std::unique_lock<std::mutex> locked() const { return shared_->locked(); }

    const std::shared_ptr<Shared> shared_;
    const ThreadOptions &options_;
    const std::shared_ptr<Loop> loop_;
    const Manner manner_;
    const std::shared_ptr<const fkvm::Purse> purse_;
    std::unique_ptr<freekill::HostMethods> host_methods_;
    Vm vm_;

    // Under the lock; the loop itself reads without it.
    std::string kill_reason_;
    fk_vm *handle_ = nullptr;                             // while it is open
    std::map<int, std::shared_ptr<Activity>> activities_; // those that have begun

    std::unique_ptr<Loop::Watched> watched_;
    std::unordered_map<int, Player *> by_conn_;
    std::vector<Player *> touched_; // whose connection waits for flush()
    std::vector<int> ripe_;         // activities that may end now
    std::deque<Turn> turns_;        // that wait
    std::vector<Turn> running_;     // of the call that runs
    size_t ran_ = 0;                // of running_
    bool together_ = true;          // the VM has ResumeRooms
    std::deque<Step> calls_, jobs_; // that wait; calls go first
    std::optional<Call> asked_;     // begun, and its end not dealt with
    bool is_answered_ = false;      // then: it has ended
    std::optional<Value> result_;
    std::optional<Error> failure_;
    std::string stopped_;       // why its turn was ended
    int busy_for_ = 0;          // ticks
    uint64_t output_ = 0;       // bytes, in its turn
    Clock::duration said_ = {}; // time that the thread took for what it said in its turn
    bool stirred_ = false;
    bool live_ = false;  // it is open, and the loop's
    bool untidy_ = true; // embedded: it may have garbage
    Clock::time_point last_use_ = Clock::now();
    std::optional<Error> dead_; // the VM
    bool gone_ = false;         // shut down
    std::string warning_;       // the latest in this job
    int warning_room_ = 0;      // it came from there
    uint64_t warnings_ = 0;     // that were the same again
    int current_ = 0;           // the activity that a call runs for
    uint64_t refusals_ = 0;     // of quotas, before the turn that runs
    bool refused_ = false;      // it was ended for those since
    int npcs_ = 0;
    int taken_ = 0;
    std::atomic<bool> killed_ = false;
    std::atomic<uint64_t> held_ = 0; // bytes
};

template <class... A>
Value pack(const A &...params) {
    Scratch scratch;
    const fk_value items[sizeof...(A) + 1] = {to_value(params, scratch)..., FK_NIL};
    const fk_value list = FK_ITEMS(items, sizeof...(A));
    fk_value *copy = nullptr;
    check(fk_value_copy(&list, &copy));
    return Value(copy);
}

template <class Then, class... A>
void Engine::call(int activity, Then then, const char *method, const A &...params) {
    if (manner_ == Manner::Begins)
        return ask({activity, method, pack(params...),
                    [then](std::optional<Value> result, const std::optional<Error> &) {
                        then(std::move(result));
                    }});
    resume_all();
    then(call_now(activity, method, params...));
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

template <class F>
Job Engine::mine(F job) {
    return [weak = weak_from_this(), job] {
        const auto self = weak.lock();
        if (!self || self->gone_) return;
        job();
        self->stir();
    };
}

// Whether a result is that boolean.
inline bool is(const std::optional<Value> &result, bool wanted) {
    return result && *result && (*result)->kind == FK_BOOL && !!(*result)->integer == wanted;
}

VmStats stats_of(fk_vm *vm); // nullptr: none

// Requests of the server that wait for one VM, or with a room for one.
inline constexpr size_t most_waiting = 1000;
// Rooms of one call.
inline constexpr size_t most_together = 32;

// What the server and people are told.
inline constexpr const char *GAME_LOST =
    "Server error: this game was lost. All other games play on.";
inline constexpr const char *SCRIPT_FAILED = "the script failed, see the log";
std::string no_such_room(int room);
std::string no_such_person(int room, int person);

// For a call whose result does not matter.
inline constexpr auto IGNORE = [](const std::optional<Value> &) {};

} // namespace fk::room
