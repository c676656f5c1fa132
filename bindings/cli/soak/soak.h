// SPDX-License-Identifier: MIT
// Rounds on one backend: VMs open, play with trouble mixed in, and close; between two rounds
// nothing may be held.
#pragma once

#include "bench/stage.h"
#include "commands.h"
#include "holdings.h"

#include <functional>
#include <map>
#include <random>

namespace cli {

class Soak {
  public:
    Soak(const SoakArguments &arguments, const std::string &backend);

    // Until the time is up or stop says so; show is told how it goes.
    void run(double seconds, const std::function<bool()> &stop,
             const std::function<void(double part)> &show);

    const std::string &backend() const { return probe_.vm.backend; }
    uint64_t rounds() const { return samples_.size(); }
    uint64_t vms() const { return vms_; }
    uint64_t games() const { return games_; }
    const std::map<std::string, uint64_t> &provoked() const {
        return provoked_;
    } // by what went wrong
    uint64_t unexpected() const { return unexpected_; }
    const std::vector<std::string> &problems() const { return problems_; } // the first of them

    // Between the rounds: at the end of the first tenth, and last.
    const Holdings &early() const;
    const Holdings &last() const { return samples_.back(); }
    int64_t growth() const {
        return static_cast<int64_t>(last().resident) - static_cast<int64_t>(early().resident);
    }

    // What is wrong, as sentences; none: nothing is.
    std::vector<std::string> verdict(double most_growth) const;

  private:
    struct Seat {
        std::unique_ptr<Stage> stage;
        uint64_t kill_at = 0; // a step of it; 0: never
        bool killed = false, interrupted = false, playing = true;
    };

    void round(int64_t end);
    std::vector<Seat> open_seats();
    void play(std::vector<Seat> &seats, int64_t end);
    void step(Seat &seat, uint64_t step);
    void judge(const Seat &seat);
    void close(Seat &seat);
    void note(const std::string &problem);
    Holdings settled() const;
    uint64_t chance(uint64_t most) { return random_() % most + 1; }

    ProbeArguments probe_;
    uint64_t seats_;
    std::mt19937_64 random_{std::random_device{}()};
    std::function<bool()> stop_;
    uint64_t vms_ = 0, games_ = 0, unexpected_ = 0;
    std::map<std::string, uint64_t> provoked_;
    std::vector<std::string> problems_;
    Holdings before_ = holdings();
    std::vector<Holdings> samples_;
};

} // namespace cli
