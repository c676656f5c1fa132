// SPDX-License-Identifier: MIT
// A probe: one measurement in a process of its own, so that no other leaves memory, threads or
// caches to it. fkvm runs itself again as `fkvm bench-probe WHAT ...`, which prints one line of
// JSON.
#pragma once

#include "vm.h"

#include <cstdint>
#include <string>
#include <vector>

namespace cli {

struct ProbeArguments {
    std::string what;
    VmArguments vm;
    std::string freekill;
    int players = 8;
    uint64_t vms = 1, rooms = 1, games = 1;
    uint64_t longest = 0;     // resumes of one game, 0: until its end
    uint64_t halfway = 0;     // resumes of each room, after which memory is looked at; 0: never
    uint64_t after_pause = 0; // VMs that are opened and closed one by one, beside those
    uint64_t count = 1;       // calls, messages, rounds
    std::vector<uint64_t> sizes;
    double seconds = 1;
    bool pin = false; // server and child on one core
};

// What probes and helper programs find, by name.
class Reading {
  public:
    explicit Reading(const std::string &json);

    double operator[](const char *name) const;
    std::vector<double> list(const char *name) const;
    std::string text(const char *name) const;

  private:
    const fk_value &at(const char *name) const;

    Value object_;
};

// Runs it and reads what it prints. Both throw std::runtime_error with what it said instead.
Reading read_program(const std::vector<std::string> &command);
Reading read_probe(const ProbeArguments &arguments);

// The command `fkvm bench-probe`.
int probe(const ProbeArguments &arguments);

} // namespace cli
