// SPDX-License-Identifier: MIT
// What a status socket tells and does: whoever has VMs implements it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fkvm {

// One VM at one moment. Counts are of its whole life, so that who asks twice knows rates.
struct MonitoredVm {
    uint64_t number = 0;        // its name for interrupt() and close(); never given twice
    std::string backend, state; // state: "idle", "working" or "dead"
    std::string script, label;
    int64_t pid = 0; // of a child; 0: none
    uint64_t memory = 0, memory_peak = 0, resident = 0;
    uint64_t calls = 0, notifies = 0, host_calls = 0, host_notifies = 0, errors = 0;
    std::string method; // being run; "": none, or unknown
    uint64_t method_ns = 0;
    uint64_t age_ns = 0;
    std::string death, why; // of a dead one: the cause as a word, and the sentence

    // How many calls took at most so many nanoseconds, and more than the entry before it says. 0:
    // no bound.
    std::vector<std::pair<uint64_t, uint64_t>> call_times;
};

struct MonitorReport {
    std::string program, version; // who tells it
    std::vector<MonitoredVm> vms;
    std::vector<std::pair<std::string, uint64_t>> deaths; // so far, by cause
};

// What became of an order. Not done: the sentence says why. Done: it says what remains, or "".
struct Outcome {
    bool is_done = false;
    std::string text;
};

// Asked by the thread of a status socket, one function at a time. May throw std::bad_alloc.
class MonitorSource {
  public:
    virtual ~MonitorSource() = default;
    virtual MonitorReport look() = 0;
    virtual Outcome interrupt(uint64_t number) = 0;
    virtual Outcome close(uint64_t number) = 0;
};

} // namespace fkvm
