// SPDX-License-Identifier: MIT
// What `fkvm top` sees of a worker, and may do there.
#include "worker.h"

#include "base/clock.h"
#include "fk_vm.h"

namespace fkvm {

MonitorReport Worker::look() {
    MonitorReport report{"fkvm worker " + options_.machine, fk_version(), {}, {}};
    const std::lock_guard lock(mutex_);
    for (auto &[name, server] : servers_)
        for (auto &[number, vm] : server.vms) {
            if (vm->has_ended()) continue;
            MonitoredVm seen;
            seen.number = vm->key() >> 2;
            seen.backend = "process";
            seen.state = "idle"; // what runs in it only its server knows
            seen.script = vm->wish().script;
            seen.label = "VM " + std::to_string(number) + " of " + name;
            seen.pid = vm->pid();
            seen.resident = uint64_t{vm->entry().resident_kb} * 1024;
            seen.age_ns = now_ns() - vm->lent_at();
            report.vms.push_back(std::move(seen));
        }
    for (size_t i = FK_DEATH_EXIT; i < std::size(tally_.deaths); i++)
        report.deaths.emplace_back(fk_death_name(static_cast<fk_death>(i)),
                                   tally_.deaths[i].load());
    return report;
}

std::shared_ptr<LentVm> Worker::by_number(uint64_t number) {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(number);
    return found == by_key_.end() ? nullptr : found->second.lock();
}

Outcome Worker::interrupt(uint64_t number) {
    const auto vm = by_number(number);
    if (!vm || vm->has_ended()) return {false, "there is no VM " + std::to_string(number)};
    vm->interrupt();
    return {true, ""};
}

Outcome Worker::close(uint64_t number) {
    const auto vm = by_number(number);
    if (!vm || vm->has_ended()) return {false, "there is no VM " + std::to_string(number)};
    vm->kill();
    return {true, "its server hears that it died"};
}

} // namespace fkvm
