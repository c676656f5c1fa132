// SPDX-License-Identifier: MIT
// How long VMs that come and go on other threads hold up one that is called all the time.
#include "probes.h"

#include "share.h"
#include "stage.h"
#include "summary.h"

#include <algorithm>
#include <future>
#include <stdexcept>
#include <sys/resource.h>

namespace cli {

namespace {

// How often the system took this thread's core away to run another: such a pause says nothing about
// us.
long preemptions() {
#ifdef RUSAGE_THREAD
    rusage usage;
    if (getrusage(RUSAGE_THREAD, &usage) == 0) return usage.ru_nivcsw;
#endif
    return 0;
}

ProbeArguments caller_of(const ProbeArguments &arguments) {
    ProbeArguments caller = arguments;
    caller.vm = {};
    caller.vm.backend = "embedded";
    caller.vm.script = share_file("bench.lua");
    return caller;
}

// Calls until over; the nanoseconds of each call in which this thread kept its core.
std::vector<double> call_until(const std::atomic<bool> &over, Vm &vm) {
    std::vector<double> samples;
    const fk_value none = FK_ITEMS(nullptr, 0);
    while (!over) {
        const long before = preemptions();
        const int64_t start = monotonic_ns();
        if (vm.call("work", none) != FK_OK) throw_last("work");
        const int64_t end = monotonic_ns();
        if (preemptions() == before) samples.push_back(double(end - start));
    }
    return samples;
}

} // namespace

std::string probe_pause(const ProbeArguments &arguments) {
    Stage caller(caller_of(arguments));
    std::atomic<bool> over = false;
    auto calls = std::async(std::launch::async, [&] { return call_until(over, caller.vm()); });
    try {
        const int64_t end = monotonic_ns() + int64_t(arguments.seconds * 1e9);
        while (monotonic_ns() < end) {
            if (arguments.vms == 0) continue; // a core as busy, without VMs
            Stage stage(arguments);
            stage.play(1);
            stage.close();
        }
    } catch (...) {
        over = true;
        throw;
    }
    over = true;
    std::vector<double> samples = calls.get();
    if (samples.empty()) throw std::runtime_error("the machine is too busy: no call kept its core");
    std::sort(samples.begin(), samples.end());
    return JsonObject()
        .add("calls", samples.size())
        .add("p50_us", percentile(samples, 0.5) / 1e3)
        .add("p999_us", percentile(samples, 0.999) / 1e3)
        .add("max_us", samples.back() / 1e3)
        .text();
}

} // namespace cli
