// SPDX-License-Identifier: MIT
// Counting: what a VM's own counters do not have.
#include "metrics.h"

#include "metrics_sums.h"

#include "base/per_process.h"
#include "vm.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace fkvm {

CallTimes call_times;
std::atomic<uint64_t> limits_met[4], deaths_met[most_deaths], interrupts_met;

void CallTimes::Entry::add(uint64_t ns) noexcept {
    counts[Buckets::of(ns)].fetch_add(1, std::memory_order_relaxed);
    total_ns.fetch_add(ns, std::memory_order_relaxed);
}

Times CallTimes::Entry::now() const noexcept {
    Times times;
    for (size_t i = 0; i < Buckets::count; i++)
        times.counts[i] = counts[i].load(std::memory_order_relaxed);
    times.total_ns = total_ns.load(std::memory_order_relaxed);
    return times;
}

void CallTimes::add(const char *method, uint64_t ns) noexcept { entry_of(method).add(ns); }

CallTimes::Entry &CallTimes::entry_of(const char *method) noexcept {
    const size_t first = Methods::hash(method);
    for (size_t i = 0; i < room; i++) {
        std::atomic<Entry *> &slot = slots_[(first + i) % room];
        Entry *entry = slot.load(std::memory_order_acquire);
        if (!entry) entry = make(slot, method);
        if (!entry) return other_;
        if (entry->name == method) return *entry;
    }
    return other_;
}

// What stands in the slot then, maybe by another thread; nullptr: there are names enough.
CallTimes::Entry *CallTimes::make(std::atomic<Entry *> &slot, const char *method) noexcept {
    if (names_.load(std::memory_order_relaxed) >= most_names) return nullptr;
    auto *entry = new (std::nothrow) Entry;
    if (!entry) return nullptr;
    try {
        entry->name = method;
    } catch (...) {
        delete entry;
        return nullptr;
    }
    Entry *there = nullptr;
    if (slot.compare_exchange_strong(there, entry, std::memory_order_acq_rel)) {
        names_.fetch_add(1, std::memory_order_relaxed);
        return entry;
    }
    delete entry;
    return there;
}

void count_limit(Limit limit) noexcept {
    limits_met[static_cast<size_t>(limit)].fetch_add(1, std::memory_order_relaxed);
}
void count_interrupt() noexcept { interrupts_met.fetch_add(1, std::memory_order_relaxed); }
void count_death(fk_death cause) noexcept {
    const auto index = static_cast<size_t>(cause), unknown = size_t{FK_DEATH_UNKNOWN};
    deaths_met[index < most_deaths ? index : unknown].fetch_add(1, std::memory_order_relaxed);
}

Sums &sums_here() { return of_this_process<Sums>(); }

void BackendSums::add(const fk_stats &stats) noexcept {
    calls += stats.calls;
    errors += stats.errors;
    requests += stats.requests;
    notifications += stats.notifications;
    failed_notifications += stats.failed_notifications;
    bytes_in += stats.bytes_in;
    bytes_out += stats.bytes_out;
    output_cut += stats.output_cut;
    vm_ns += stats.vm_ns;
    host_ns += stats.host_ns;
}

void add_host_times(HostTimes &sums, const Methods &methods) {
    for (size_t i = 0; const HostMethod *method = methods.at(i); i++) {
        Times times;
        if (!method->times(&times)) continue;
        const bool is_known = sums.contains(method->name);
        if (is_known || sums.size() < CallTimes::most_names)
            sums[std::string(method->name)] += times;
        else
            sums["other"] += times;
    }
}

void metrics_opened(fk_vm *vm) noexcept {
    try {
        fk_stats stats{};
        fill_stats(vm, &stats);
        Sums &sums = sums_here();
        const std::lock_guard lock(sums.mutex);
        BackendSums &backend = sums.backends[vm->backend->name];
        (stats.from_template ? backend.from_template : backend.fresh)++;
        sums.vms.push_back({vm, ++sums.last_number});
    } catch (...) { // then it is not seen
    }
}

void metrics_failed(const char *backend) noexcept {
    try {
        Sums &sums = sums_here();
        const std::lock_guard lock(sums.mutex);
        sums.backends[backend].failed++;
    } catch (...) {
    }
}

void metrics_closing(fk_vm *vm) noexcept {
    try {
        fk_stats stats{};
        fill_stats(vm, &stats);
        Sums &sums = sums_here();
        const std::lock_guard lock(sums.mutex);
        if (!std::erase_if(sums.vms, [&](const OpenVm &open) { return open.vm == vm; })) return;
        sums.backends[vm->backend->name].add(stats);
        add_host_times(sums.host_times, vm->methods);
    } catch (...) {
    }
}

} // namespace fkvm
