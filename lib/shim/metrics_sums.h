// SPDX-License-Identifier: MIT
// What metrics.cpp adds up and metrics_text.cpp writes.
#pragma once

#include "histogram.h"
#include "methods.h"
#include "metrics.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace fkvm {

constexpr size_t most_deaths = 16;
extern std::atomic<uint64_t> limits_met[4], deaths_met[most_deaths], interrupts_met;

// Of VMs of one backend, closed ones unless said otherwise.
struct BackendSums {
    uint64_t fresh = 0, from_template = 0, failed = 0; // opens, of all VMs
    uint64_t idle = 0, working = 0, dead = 0;          // VMs that are open
    uint64_t calls = 0, errors = 0, requests = 0, notifications = 0, failed_notifications = 0;
    uint64_t bytes_in = 0, bytes_out = 0, output_cut = 0, vm_ns = 0, host_ns = 0;

    void add(const fk_stats &stats) noexcept;
};

using HostTimes = std::map<std::string, Times, std::less<>>;
void add_host_times(HostTimes &sums, const Methods &methods);

struct OpenVm {
    fk_vm *vm;
    uint64_t number; // among the VMs of this process
};

struct Sums {
    std::mutex mutex;
    std::vector<OpenVm> vms;
    uint64_t last_number = 0;
    std::map<std::string, BackendSums, std::less<>> backends;
    HostTimes host_times;
};
Sums &sums_here();

} // namespace fkvm
