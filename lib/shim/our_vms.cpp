// SPDX-License-Identifier: MIT
// None is closed while the lock of the sums is held, under which all of this looks at VMs.
#include "our_vms.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "metrics_sums.h"
#include "vm.h"

#include <cerrno>

namespace fkvm {
namespace {

std::string program_name() {
#if defined(__GLIBC__)
    return ::program_invocation_short_name;
#else
    return {};
#endif
}

void describe_state(const fk_vm *vm, bool is_alive, MonitoredVm *seen) {
    if (!is_alive) {
        seen->state = "dead";
        seen->death = fk_death_name(vm->death_cause);
        seen->why = vm->death;
        return;
    }
    uint64_t since = 0;
    const bool works = Ending::is_working(vm->ending.now());
    const bool is_known = (works && vm->monitored.work().read(&seen->method, &since)) ||
                          vm->monitored.calls_begun().read(&seen->method, &since);
    seen->state = works || is_known ? "working" : "idle";
    if (!is_known) return seen->method.clear();
    seen->method.resize(without_half(seen->method).size());
    const uint64_t now = RunningClock::now();
    seen->method_ns = now > since ? now - since : 0;
}

void describe_counts(const fk_vm *vm, const fk_stats &stats, MonitoredVm *seen) {
    seen->notifies = vm->monitored.notifies.get();
    seen->calls = stats.calls > seen->notifies ? stats.calls - seen->notifies : 0;
    seen->host_calls = stats.requests;
    seen->host_notifies = stats.notifications;
    seen->errors = stats.errors;
    for (size_t i = 0; i < Buckets::count; i++) {
        const bool is_last = i == Buckets::count - 1;
        seen->call_times.emplace_back(is_last ? 0 : uint64_t{1} << (Buckets::shortest + i),
                                      vm->monitored.calls_within(i));
    }
}

MonitoredVm describe(const OpenVm &open) {
    fk_vm *const vm = open.vm;
    const bool is_ordered = vm->is_ordered_to_end.load(std::memory_order_relaxed);
    if (is_ordered && !vm->dead.load(std::memory_order_relaxed)) end_vm(vm); // it began meanwhile
    fk_stats stats{};
    fill_stats(vm, &stats);
    const char *script = vm->options.get().script;
    MonitoredVm seen;
    seen.number = open.number;
    seen.backend = stats.backend;
    seen.script = script ? script : "";
    seen.label = vm->monitored.label();
    seen.pid = stats.pid;
    seen.memory = stats.memory;
    seen.memory_peak = stats.memory_peak;
    seen.resident = stats.rss;
    seen.age_ns = now_ns() - vm->opened;
    describe_counts(vm, stats, &seen);
    describe_state(vm, stats.alive, &seen);
    return seen;
}

template <class Order>
Outcome with(uint64_t number, Order order) {
    Sums &sums = sums_here();
    const std::lock_guard lock(sums.mutex);
    for (const OpenVm &open : sums.vms) {
        if (open.number != number) continue;
        if (open.vm->dead.load(std::memory_order_acquire)) return {false, "the VM is dead already"};
        const bool is_done = order(open.vm) == FK_OK;
        return {true, is_done ? "" : "what runs ends at its next use of a host method"};
    }
    return {false, "there is no VM " + std::to_string(number) + ": it has been closed"};
}

} // namespace

std::string_view without_half(std::string_view text) noexcept {
    for (int i = 0; i < 3 && !is_utf8(text); i++) text.remove_suffix(1);
    return text;
}

MonitorReport OurVms::look() {
    MonitorReport report{program_name(), fk_version(), {}, {}};
    {
        Sums &sums = sums_here();
        const std::lock_guard lock(sums.mutex);
        for (const OpenVm &open : sums.vms) report.vms.push_back(describe(open));
    }
    for (size_t cause = FK_DEATH_EXIT; cause < most_deaths; cause++)
        if (const uint64_t count = deaths_met[cause].load(std::memory_order_relaxed))
            report.deaths.emplace_back(fk_death_name(static_cast<fk_death>(cause)), count);
    return report;
}

Outcome OurVms::interrupt(uint64_t number) { return with(number, fk_vm_interrupt); }
Outcome OurVms::close(uint64_t number) { return with(number, end_vm); }

} // namespace fkvm
