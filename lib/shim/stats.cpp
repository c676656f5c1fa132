// SPDX-License-Identifier: MIT
// fk_vm_stats and fk_vm_method_stats: counters of the library, the rest from the backend.
#include "abi.h"
#include "error.h"
#include "released.h"
#include "vm.h"

using namespace fkvm;

void fkvm::fill_stats(const fk_vm *vm, fk_stats *stats) noexcept {
    fk_stats now{};
    now.size = sizeof now; // a backend from outside may know a larger one
    now.sandbox_reached = "none";
    now.runtime = "";
    now.limited_by = "nothing";
    if (vm->backend->stats && vm->state) vm->backend->stats(vm->state, &now);
    now.backend = vm->backend->name;
    now.alive = !vm->dead.load(std::memory_order_acquire);
    now.sandbox = vm->options.get().sandbox;
    now.calls = vm->calls.get();
    now.errors = vm->errors.get();
    now.requests = vm->requests.get();
    now.notifications = vm->notifications.get();
    now.failed_notifications = vm->failed_notifications.get();
    now.output_cut = vm->output.cut();
    now.vm_ns = vm->vm_ns.get();
    now.host_ns = vm->host_ns.get();
    now.host_ns_max = vm->host_ns_max.get();
    *stats = now;
}

void fkvm::trace_state(fk_vm *vm, uint64_t idle_ns, const Methods *methods) noexcept {
    fk_stats stats{};
    fill_stats(vm, &stats);
    vm->trace->state(stats, idle_ns, methods);
}

extern "C" {

fk_status fk_vm_stats(fk_vm *vm, fk_stats *stats) {
    if (const fk_status s = check_vm(vm, "fk_vm_stats")) return s;
    if (!stats) return fail(FK_INVALID, "fk_vm_stats: stats is NULL");
    return guard([&] {
        fk_stats now{};
        std::string problem;
        if (!check_size(stats, released::stats, "fk_stats", &problem))
            return fail(FK_INVALID, problem);
        fill_stats(vm, &now);
        give_back(now, stats);
        return succeed();
    });
}

fk_status fk_vm_method_stats(fk_vm *vm, size_t index, fk_method_stats *stats) {
    if (const fk_status s = check_vm(vm, "fk_vm_method_stats")) return s;
    if (!stats) return fail(FK_INVALID, "fk_vm_method_stats: stats is NULL");
    return guard([&] {
        fk_method_stats now{};
        std::string problem;
        if (!check_size(stats, released::method_stats, "fk_method_stats", &problem))
            return fail(FK_INVALID, problem);
        const HostMethod *method = vm->methods.at(index);
        if (!method)
            return fail(FK_INVALID, "fk_vm_method_stats: there is no host method number " +
                                        std::to_string(index));
        now.name = method->method->name;
        now.calls = method->calls.get();
        now.total_ns = method->total_ns.get();
        now.max_ns = method->max_ns.get();
        give_back(now, stats);
        return succeed();
    });
}

} // extern "C"
