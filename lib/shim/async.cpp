// SPDX-License-Identifier: MIT
// Calls that nobody waits for: who is told how they ended.
#include "async.h"

#include "error.h"
#include "vm.h"

#include <utility>

namespace fkvm {
namespace {

// The VM's clock stands still meanwhile, as for a host method.
void tell(fk_vm *vm, const Begun &begun, const fk_value *result) noexcept {
    const bool outer = std::exchange(vm->frame->in_notification, true);
    vm->leave();
    tell(begun, result);
    vm->enter();
    vm->frame->in_notification = outer;
}

} // namespace

// What it uses of the library has an error of its own.
void tell(const Begun &begun, const fk_value *result) noexcept try {
    fk_error error = *fk_error_last();
    const std::string message = error.message, traceback = error.traceback ? error.traceback : "";
    const KeptError kept;
    error.message = message.c_str();
    if (error.traceback) error.traceback = traceback.c_str();
    error.method = begun.method.c_str();
    begun.done(begun.user, &error, result);
} catch (...) { // as in output: there is nowhere to report it
}

void ended(fk_vm *vm, uint64_t ticket, fk_status status, const fk_value *result) {
    const auto found = vm->begun.find(ticket);
    if (found == vm->begun.end()) return;
    const Begun begun = std::move(found->second);
    forget_begun(vm, found);
    if (status == FK_OK)
        succeed();
    else
        vm->errors.add();
    tell(vm, begun, status == FK_OK ? result : nullptr);
}

void forget_begun(fk_vm *vm, BegunCalls::const_iterator which) noexcept {
    if (which != vm->begun.end()) vm->begun.erase(which);
    if (vm->begun.empty()) vm->monitored.ended_all();
}

void end_begun(fk_vm *vm, fk_status status, const char *why) noexcept {
    const KeptError kept;
    vm->monitored.ended_all();
    for (const auto &[ticket, begun] : std::exchange(vm->begun, {})) {
        fk_failure failure{};
        failure.message = why;
        failure.exit_status = vm->death_exit_status;
        failure.death = vm->death_cause;
        fail(status, failure, !vm->dead.load(std::memory_order_relaxed));
        tell(vm, begun, nullptr);
    }
}

} // namespace fkvm
