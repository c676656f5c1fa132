// SPDX-License-Identifier: MIT
// A VM with a house of rooms, opened for a measurement and played on. Everything throws
// std::runtime_error where a measurement would mean nothing.
#pragma once

#include "play.h"
#include "probe.h"

#include <memory>

namespace cli {

[[noreturn]] void throw_last(const std::string &what);

class Stage {
  public:
    // What is kept of its messages outlives the stage.
    explicit Stage(const ProbeArguments &arguments, KeptMessages *kept = nullptr);

    double open_us() const { return open_us_; }
    Vm &vm() { return vm_; }
    const Vm &vm() const { return vm_; }
    fk_vm *handle() const { return vm_.handle(); }

    // Games one after another, or rooms of them at once.
    void begin(uint64_t games, uint64_t rooms = 1);
    bool step() { return play_->step(); }
    bool over() const { return !play_->going(); }
    const std::vector<Game> &play(uint64_t games, uint64_t rooms = 1);

    // What begin() or play() has played so far; the notifies of rooms that are still open count
    // too.
    const std::vector<Game> &games() const;
    const std::vector<Game> &games_as_they_came() const {
        return play_->games();
    } // also those that failed
    uint64_t notifies() const;

    void close();

  private:
    Messages messages_{Loudness::Quiet};
    Progress progress_{false};
    House house_;
    Vm vm_;
    std::unique_ptr<Play> play_;
    uint64_t longest_;
    double open_us_ = 0;
};

// Sums over games.
uint64_t notifies_of(const std::vector<Game> &games);
Spent spent_on(const std::vector<Game> &games);

// The kinds of memory of this process and of its children, templates included.
struct Footprint {
    Memory own, children;

    uint64_t resident() const { return own.resident + children.resident; }
};
Footprint footprint();

// A child takes a few descriptors: as many as the system lets us have.
void raise_descriptor_limit();

// Puts this process and its future children on one core.
void pin_to_one_core();

} // namespace cli
