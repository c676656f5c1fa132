// SPDX-License-Identifier: MIT
// fk_vm_open and fk_vm_close: from options to a VM of some backend, and back to nothing.
#include "base/fork.h"
#include "error.h"
#include "metrics.h"
#include "registry.h"
#include "vm.h"
#include "watchdog.h"

using namespace fkvm;

namespace {

void trace_opened(fk_vm *vm, int64_t id, fk_status status) noexcept {
    if (status != FK_OK) return vm->trace->failure(id, *fk_error_last());
    fk_stats stats{};
    fill_stats(vm, &stats);
    vm->trace->opened(id, stats);
}

// The backend may have stored its state before it failed, so that others could interrupt it.
void undo_open(fk_vm *vm) noexcept {
    unwatch(vm);
    if (!vm->state) return;
    const KeptError kept;
    vm->backend->close(vm->state);
    vm->state = nullptr;
}

// Monitoring stops no server: what is wrong with it is a record.
void tell_monitor(fk_vm *vm) noexcept try {
    const std::string problem = monitor_by_environment();
    if (problem.empty()) return;
    const std::string record = problem + "\n";
    host_table.output(vm, FK_LEVEL_WARNING, record.data(), record.size());
} catch (...) { // out of memory: nor is that told
}

fk_status open_backend(fk_vm *vm, const fk_vm_options &taken) {
    if (!watch(vm)) return fail(FK_NO_MEMORY, "cannot start the thread that watches time limits");
    CallScope scope(vm, {Work::Open, taken.script}, taken.open_timeout, 0);
    if (scope.status != FK_OK) return unwatch(vm), scope.status;
    tell_monitor(vm);
    succeed(); // so that a stale error is not taken for the backend's
    const int64_t id = vm->trace ? vm->trace->opening(taken) : 0;
    const fk_status status = vm->backend->open(vm, &host_table, &taken, &vm->state);
    if (status != FK_OK) {
        expect_failure(status, vm->backend->name);
        undo_open(vm);
    }
    if (vm->trace) trace_opened(vm, id, status);
    status == FK_OK ? metrics_opened(vm) : metrics_failed(vm->backend->name);
    return status;
}

fk_status open(const fk_vm_options &options, fk_vm *vm) {
    vm->generation = process_generation();
    if (!vm->options.take(options)) return last_status();
    const fk_vm_options &taken = vm->options.get();
    vm->methods.take(taken.methods);
    vm->output.take(taken.output, taken.user, taken.max_output);
    vm->backend = find_backend(vm->options.backend());
    if (!vm->backend || !Trace::open(&vm->trace, vm->output)) return last_status();
    vm->crash.take();
    return open_backend(vm, taken);
}

fk_status stays_open(const fk_vm *vm, const char *why) {
    fail(FK_BUSY, why);
    note_call(nullptr, !vm->dead.load(std::memory_order_relaxed));
    return FK_BUSY;
}

fk_status close_backend(fk_vm *vm) {
    Frame frame{};
    frame.work = {Work::Close, nullptr};
    frame.limit = VmClock::never; // the backend keeps close_timeout
    frame.answers = vm->answers.mark();
    frame.in_notification = true;
    vm->frame = &frame;
    vm->enter();
    vm->output.begin_call(false);
    succeed();
    if (vm->trace) {
        trace_state(vm, 0, &vm->methods);
        vm->trace->closing();
    }
    metrics_closing(vm);
    const fk_status status = vm->backend->close(vm->state);
    if (status != FK_OK) expect_failure(status, vm->backend->name);
    vm->output.end_call();
    end_begun(vm, FK_VM_DIED, "the VM was closed before the call had ended");
    return status;
}

} // namespace

extern "C" {

fk_status fk_vm_open(const fk_vm_options *options, fk_vm **vm) {
    if (vm) *vm = nullptr;
    if (!options || !vm) return fail(FK_INVALID, "fk_vm_open: options or vm is NULL");
    return guard([&] {
        auto fresh = *vm = new fk_vm;
        const fk_status status = guard([&] { return open(*options, fresh); });
        if (status == FK_OK) return succeed();
        *vm = nullptr;
        release(fresh);
        note_call(nullptr, false);
        return status;
    });
}

fk_status fk_vm_close(fk_vm *vm) {
    if (!vm) return succeed();
    if (const fk_status s = check_vm(vm, "fk_vm_close")) return s;
    if (vm->lock.held_by_me())
        return stays_open(vm, "fk_vm_close: the VM cannot be closed inside a callback of its own; "
                              "close it after the call has returned");
    const NoCancel here;
    vm->closing.store(true, std::memory_order_seq_cst);
    fk_vm_interrupt(vm);
    if (!vm->lock.enter(vm->options.get().call_timeout)) {
        vm->closing.store(false, std::memory_order_seq_cst);
        return stays_open(vm,
                          "fk_vm_close: a call of another thread did not end within call_timeout; "
                          "nothing was closed");
    }
    unwatch(vm);
    const fk_status status = guard([&] { return close_backend(vm); });
    vm->lock.leave();
    release(vm);
    return status == FK_OK ? succeed() : status;
}

} // extern "C"
