// SPDX-License-Identifier: MIT
// fk_host: what the library does for a backend. How host methods run is in dispatch.cpp.
#include "dispatch.h"
#include "error.h"
#include "metrics.h"
#include "released.h"
#include "vm.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace fkvm {
namespace {

// Backends know FK_TIMEOUT alone, and would name call_timeout.
bool is_host_limit(const fk_vm *vm, fk_status status) {
    return vm->frame && status == FK_TIMEOUT && vm->ending.reason() == Ending::HostLimit;
}

// The standard sentence, where the backend leaves it to us.
std::string why(const fk_vm *vm, fk_status status) {
    const Frame *frame = vm->frame;
    if (!frame || (status != FK_TIMEOUT && status != FK_INTERRUPTED)) return fk_status_name(status);
    if (is_host_limit(vm, status))
        return "the host methods of " + name_of(frame->work) + " took more than their limit of " +
               std::to_string(vm->options.get().host_timeout) + " ms (host_timeout)";
    return why_ended(frame->work, status, vm->options.get());
}

// Once, where it ends the outermost work.
void count(const fk_vm *vm, fk_status status) noexcept {
    if (!vm->frame || vm->frame->outer) return;
    if (status == FK_INTERRUPTED) return count_interrupt();
    if (status == FK_MEMORY_LIMIT) return count_limit(Limit::Memory);
    if (status != FK_TIMEOUT) return;
    count_limit(is_host_limit(vm, status)            ? Limit::HostTimeout
                : vm->frame->work.kind == Work::Open ? Limit::OpenTimeout
                                                     : Limit::CallTimeout);
}

void die(fk_vm *vm, const fk_failure &failure) noexcept {
    count_death(failure.death);
    vm->death_exit_status = failure.exit_status;
    vm->death_cause = failure.death;
    vm->dead.store(true, std::memory_order_release);
}

fk_status fail_vm(fk_vm *vm, fk_status status, const fk_failure *failure) {
    fk_failure local{};
    if (failure)
        std::memcpy(static_cast<void *>(&local), failure,
                    std::clamp(failure->size, released::failure, sizeof local));
    if (vm->is_ordered_to_end.load(std::memory_order_relaxed)) {
        tell_order(&local);
        status = FK_VM_DIED;
    }
    count(vm, status);
    std::string message;
    const bool dies = local.vm_dead && !vm->dead.load(std::memory_order_relaxed);
    try {
        if (!local.message || is_host_limit(vm, status)) {
            message = why(vm, status);
            if (local.message && local.vm_dead) message += ", and the VM was killed";
            local.message = message.c_str();
        }
        const std::string report =
            vm->crash.report(vm, {status, local.message, local.traceback, local.exit_status,
                                  local.death, local.vm_dead});
        if (!report.empty()) local.message = (message = local.message + report).c_str();
        if (dies) vm->death = local.message;
    } catch (...) { // then without what stood in it
    }
    if (dies) die(vm, local);
    return fail(status, local, !local.vm_dead);
}

fk_status take_result(fk_vm *vm, const fk_value *value) {
    Frame &frame = *vm->frame;
    if (frame.work.kind != Work::Call) return FK_OK;
    frame.answered = true;
    vm->recorder.add(Recorder::Result, vm->clock.entered(), {}, value);
    if (frame.trace_id) vm->trace->result(Trace::ToServer, frame.trace_id, *value);
    return frame.result ? fk_value_copy(value, frame.result) : FK_OK;
}

fk_status must_end(fk_vm *vm) {
    const Ending::Reason reason = vm->ending.reason();
    return reason == Ending::None        ? FK_OK
           : reason == Ending::Interrupt ? FK_INTERRUPTED
                                         : FK_TIMEOUT;
}

uint64_t deadline(fk_vm *vm) {
    const uint64_t until = vm->works_until.load(std::memory_order_relaxed);
    return until == VmClock::never ? until : until + RunningClock::lost();
}

} // namespace

// Nobody waits for output, so a callback for it may call the VM no more than one for a
// notification.
void output(fk_vm *vm, fk_level level, const char *text, size_t size) {
    Frame *frame = vm->frame;
    const bool outer = std::exchange(frame->in_notification, true);
    vm->output.write(level, {text, size});
    frame->in_notification = outer;
}

const fk_host host_table = {sizeof(fk_host),    FK_BACKEND_ABI, dispatch,      dispatch_each,
                            take_result,        output,         fail_vm,       must_end,
                            deadline,           fk_value_copy,  fk_value_free, fk_value_to_json,
                            fk_value_from_json, fk_text_free,   ended};

} // namespace fkvm
