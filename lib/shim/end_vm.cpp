// SPDX-License-Identifier: MIT
// The end of a VM by an operator's order, under the hands of its owner, who closes it later.
#include "error.h"
#include "metrics.h"
#include "monitor.h"
#include "vm.h"

#include <cstddef>

namespace fkvm {
namespace {

constexpr char ordered[] = "the VM was closed by an operator";

// The size of the table says whether it knows of it.
bool can_kill(const fk_backend &backend) noexcept {
    return backend.size >= offsetof(fk_backend, kill) + sizeof backend.kill && backend.kill;
}

} // namespace

void tell_order(fk_failure *failure) noexcept {
    failure->message = ordered;
    failure->vm_dead = true;
    failure->death = FK_DEATH_OPERATOR;
}

void die_by_order(fk_vm *vm) noexcept {
    if (vm->dead.load(std::memory_order_relaxed)) return;
    try {
        vm->death = ordered;
    } catch (...) { // the cause says it
    }
    vm->death_cause = FK_DEATH_OPERATOR;
    count_death(FK_DEATH_OPERATOR);
    vm->dead.store(true, std::memory_order_release);
}

// Who is in a call finds the order at its end; who is not has no call to end.
fk_status end_vm(fk_vm *vm) noexcept {
    vm->is_ordered_to_end.store(true, std::memory_order_seq_cst);
    const uint64_t word = vm->ending.now();
    vm->ending.wish(word, Ending::Interrupt);
    const fk_status status =
        interrupt_backend(vm, Ending::is_working(word) ? FK_INTERRUPTED : FK_OK);
    if (can_kill(*vm->backend)) vm->backend->kill(vm->state);
    if (!vm->lock.try_enter()) return status;
    die_by_order(vm);
    vm->lock.leave();
    return FK_OK;
}

} // namespace fkvm
