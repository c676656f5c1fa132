// SPDX-License-Identifier: MIT
// What surrounds each call into a VM: the lock, nesting, the VM's clock.
#include "base/clock.h"
#include "base/fork.h"
#include "base/stack.h"
#include "error.h"
#include "metrics.h"
#include "vm.h"

namespace fkvm {

fk_status check_vm(const fk_vm *vm, const char *function) noexcept {
    if (!vm) return failf(FK_INVALID, "%s: vm is NULL", function);
    if (vm->generation == process_generation()) return FK_OK;
    return failf(FK_INVALID,
                 "%s: this VM belongs to the process that opened it, not to its forked copy",
                 function);
}

CallScope::CallScope(fk_vm *vm, Work work, uint32_t limit_ms, uint32_t wait_ms) noexcept : vm_(vm) {
    frame_.work = work;
    status = enter(limit_ms, wait_ms);
}

// Lua's own bound of 200 nested C calls fits into half of the least size.
fk_status CallScope::check_stack() noexcept {
    constexpr size_t least = 1 << 20;
    const Stack stack = this_stack();
    if (stack.size < least)
        return failf(
            FK_INVALID,
            "a VM needs a stack of at least %zu bytes; the one that this thread runs on has %zu",
            least, stack.size);
    if (stack.left < least / 2)
        return failf(
            FK_INVALID,
            "a VM needs %zu bytes of stack; of the %zu that this thread runs on only %zu are left",
            least / 2, stack.size, stack.left);
    return FK_OK;
}

fk_status CallScope::enter(uint32_t limit_ms, uint32_t wait_ms) noexcept {
    const bool nested = vm_->lock.held_by_me();
    if (!nested) forget_own_stack();
    if (check_stack() != FK_OK) return FK_INVALID;
    if (!vm_->lock.try_enter() && !wait(wait_ms)) {
        if (wait_ms == 0) return fail(FK_BUSY, "the VM is in a call of another thread");
        return failf(
            FK_BUSY,
            "the VM is in a call of another thread that did not end within call_timeout, %u ms",
            wait_ms);
    }
    if (nested) {
        if (check_nesting() != FK_OK) return last_status();
    }
    entered_ = true;
    const uint64_t limit = limit_ms == FK_NO_LIMIT
                               ? VmClock::never
                               : vm_->clock.used() + uint64_t{limit_ms} * 1'000'000;
    frame_.outer = vm_->frame;
    frame_.limit = vm_->frame ? std::min(limit, vm_->frame->limit) : limit;
    frame_.answers = vm_->answers.mark();
    vm_->frame = &frame_;
    vm_->depth++;
    if (!nested) {
        if (vm_->trace) {
            begun_ = now_ns();
            messages_before_ = vm_->trace->messages();
        }
        vm_->host_calls = 0;
        vm_->host_time = 0;
        vm_->interrupted_by_host = false;
    }
    vm_->enter();
    entered_at_ = vm_->clock.entered();
    if (!nested) vm_->output.begin_call(frame_.work.kind == Work::Idle);
    if (!nested) {
        vm_->monitored.begin_work(frame_.work.name, entered_at_);
        vm_->ending.begin(); // the watchdog sees its limit, not the last one's
    }
    if (vm_->is_ordered_to_end.load(std::memory_order_seq_cst)) die_by_order(vm_);
    if (vm_->closing.load(std::memory_order_relaxed) && !nested)
        return fail(FK_BUSY, "the VM is being closed by another thread");
    return FK_OK;
}

// Only who waits may outlive fk_vm_close: it waits for who has the lock.
bool CallScope::wait(uint32_t ms) noexcept {
    waited_ = true;
    vm_->references.fetch_add(1, std::memory_order_relaxed);
    return vm_->lock.enter(ms);
}

fk_status CallScope::check_nesting() const noexcept {
    const Frame *frame = vm_->frame;
    if (frame && frame->work.kind == Work::Open)
        return fail(FK_BUSY,
                    "the VM is loading its script: it cannot be called before fk_vm_open returns");
    if (frame && frame->in_notification)
        return fail(FK_BUSY,
                    "neither a host method that runs for a notification nor the output callback "
                    "can call the VM back: call after this call has returned, or let the script "
                    "use fk.call");
    if (vm_->depth >= vm_->options.get().max_nesting)
        return failf(FK_BUSY, "calls nest deeper than max_nesting, %u",
                     vm_->options.get().max_nesting);
    return FK_OK;
}

CallScope::~CallScope() {
    if (entered_) {
        if (vm_->depth == 1 && vm_->output.pending()) {
            const KeptError kept; // unfinished lines come out here
            frame_.in_notification = true;
            vm_->output.end_call();
        }
        if (vm_->depth == 1 && vm_->is_ordered_to_end.load(std::memory_order_relaxed))
            die_by_order(vm_);
        if (vm_->depth == 1 && vm_->dead.load(std::memory_order_relaxed) && !vm_->begun.empty())
            end_begun(vm_, FK_VM_DIED, vm_->death.c_str());
        if (vm_->depth == 1 && vm_->trace) trace_state();
        if (vm_->depth == 1) vm_->ending.end();
        const uint64_t now = RunningClock::now();
        const bool is_call = frame_.work.kind == Work::Call;
        if (is_call) call_times.add(frame_.work.name, now - entered_at_);
        if (vm_->depth == 1) vm_->monitored.end_work(is_call, now - entered_at_);
        vm_->leave(now);
        vm_->answers.rewind(frame_.answers);
        vm_->frame = frame_.outer;
        if (--vm_->depth == 0) {
            vm_->vm_ns.set(vm_->clock.used());
            vm_->host_ns_max.raise(vm_->host_time);
            vm_->lock.leave();
        }
    }
    if (waited_) release(vm_);
}

// Idle work that says nothing is in no other line.
void CallScope::trace_state() noexcept {
    constexpr uint64_t worth_a_line = 50'000;
    const bool silent = vm_->trace->messages() == messages_before_;
    const uint64_t spent = frame_.work.kind == Work::Idle && silent ? now_ns() - begun_ : 0;
    const bool worked = spent >= worth_a_line;
    if (!worked && (silent || !vm_->trace->is_state_due())) return;
    const KeptError kept; // the output may hear that the trace ends here
    frame_.in_notification = true;
    fkvm::trace_state(vm_, worked ? spent : 0);
}

void release(fk_vm *vm) noexcept {
    if (vm->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    vm->options.finalize();
    delete vm;
}

} // namespace fkvm
