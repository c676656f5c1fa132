// SPDX-License-Identifier: MIT
// Plays games on an open VM: starts rooms, resumes them when something is due, and keeps the
// record.
#pragma once

#include "players.h"
#include "progress.h"
#include "vm.h"

#include <functional>

namespace cli {

struct Game {
    int room;
    bool ended = false, game_over = false; // ResumeRoom returned true; Room_gameOver came
    std::string problem;                   // empty if all went well
    uint64_t notifies = 0, payload = 0, resumes = 0;
    Spent spent;
    fk_status failed = FK_OK; // what a call of this game came to

    double us_per_notify() const { return notifies ? spent.wall / 1e3 / double(notifies) : 0; }
    double cpu_us_per_notify() const { return notifies ? spent.cpu() / 1e3 / double(notifies) : 0; }
};

struct Plan {
    uint64_t games = 1, rooms = 1; // in all; at once
    uint64_t longest = 0;          // resumes, after which a game is given up; 0: never
    std::function<bool()> stop;    // asked between two calls; may be empty
};

class Play {
  public:
    Play(Vm &vm, House &house, Progress &progress, Plan plan);

    // Until all games are played, the VM is dead or plan.stop says so.
    void run();

    // One resume of run(); false: there is nothing left to do.
    bool step();
    bool going() const { return games_.size() < plan_.games && !stopped(); }

    const std::vector<Game> &games() const { return games_; }
    uint64_t calls() const { return calls_; }
    uint64_t lua_errors() const { return lua_errors_; }
    bool vm_died() const { return vm_died_; }
    uint64_t memory_peak() const { return memory_peak_; }

  private:
    bool stopped() const { return vm_died_ || (plan_.stop && plan_.stop()); }
    void start_room();
    void resume(const Event &event);
    void settle(Room &room, fk_status status, bool over);
    void close_game(Room &room, bool ended, std::string problem);
    void wait();
    void show();
    fk_status call(Room &room, const char *method, const fk_value &params, Value *result);

    Vm &vm_;
    House &house_;
    Progress &progress_;
    Plan plan_;
    std::vector<Game> games_;
    uint64_t started_ = 0, calls_ = 0, resumes_ = 0, lua_errors_ = 0, memory_peak_ = 0;
    bool vm_died_ = false;
    int64_t pid_;
    struct Shown {
        int64_t at = 0;
        uint64_t resumes = 0, notifies = 0;
    } shown_;
};

} // namespace cli
