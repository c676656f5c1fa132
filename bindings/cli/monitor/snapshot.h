// SPDX-License-Identifier: MIT
// What status sockets tell of their VMs (docs/top.md), and what has changed between two looks.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cli {

using CallTimes = std::map<uint64_t, uint64_t>; // calls by the most nanoseconds that they took
constexpr uint64_t unbounded_time = UINT64_MAX;

struct VmSeen {
    uint64_t number = 0;
    std::string backend, state, script, label, method, death, why;
    int64_t pid = 0;
    uint64_t age_ns = 0, method_ns = 0;
    uint64_t memory = 0, memory_peak = 0, resident = 0;
    std::optional<uint64_t> pss;
    uint64_t calls = 0, notifies = 0, errors = 0, host_calls = 0, host_notifies = 0;
    CallTimes call_times;

    uint64_t shown_memory() const { return pss.value_or(resident ? resident : memory); }
};

// Of one VM since the look before; of its whole life at the first.
struct VmRates {
    double over_s = 0;
    double calls = 0, notifies = 0, host_calls = 0, host_notifies = 0; // a second
    std::optional<uint64_t> p99_ns; // of calls, at most; unbounded_time: more than 8.6 s
};

struct ServerSeen {
    std::string socket, problem; // problem: why nothing else is known
    std::string program, version;
    int64_t pid = 0;
    uint64_t now_ns = 0;
    std::vector<std::pair<std::string, uint64_t>> deaths;
    std::vector<std::pair<VmSeen, VmRates>> vms;
};

// Reads an answer to "list". Throws std::runtime_error if it is none.
ServerSeen read_list(const std::string &answer);

// Fills the rates of now. before may be another process, or nothing at all.
void compare(const ServerSeen &before, ServerSeen &now);

// servers as one JSON object, for --json.
std::string json_of(const std::vector<ServerSeen> &servers);

} // namespace cli
