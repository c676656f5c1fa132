// SPDX-License-Identifier: MIT
// fk_host: what the library does for a backend. How host methods run is in dispatch.cpp.
#include "dispatch.h"
#include "error.h"
#include "vm.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace fkvm {
namespace {

constexpr size_t first_failure = offsetof(fk_failure, death); // its size in the first backend ABI

fk_status fail_vm(fk_vm *vm, fk_status status, const fk_failure *failure) {
    fk_failure local{};
    if (failure)
        std::memcpy(static_cast<void *>(&local), failure,
                    std::clamp(failure->size, first_failure, sizeof local));
    std::string message;
    const std::string report =
        vm->crash.report(vm, {status, local.message, local.traceback, local.exit_status,
                              local.death, local.vm_dead});
    const bool dies = local.vm_dead && !vm->dead.load(std::memory_order_relaxed);
    try {
        if (!local.message) local.message = fk_status_name(status);
        if (!report.empty()) local.message = (message = local.message + report).c_str();
        if (dies) vm->death = local.message;
    } catch (...) { // then without what stood in it
    }
    if (dies) {
        vm->death_exit_status = local.exit_status;
        vm->death_cause = local.death;
        vm->dead.store(true, std::memory_order_release);
    }
    return fail(status, local, !local.vm_dead);
}

uint64_t deadline(fk_vm *vm) { return vm->deadline(); }
bool interrupted(fk_vm *vm) { return vm->interrupted.load(std::memory_order_seq_cst); }

} // namespace

// Nobody waits for output, so a callback for it may call the VM no more than one for a notification.
void output(fk_vm *vm, fk_level level, const char *text, size_t size) {
    Frame *frame = vm->frame;
    const bool outer = std::exchange(frame->in_notification, true);
    vm->output.write(level, {text, size});
    frame->in_notification = outer;
}

const fk_host host_table = {sizeof(fk_host), FK_BACKEND_ABI,   dispatch,           output,
                            fail_vm,         deadline,         interrupted,        fk_value_copy,
                            fk_value_free,   fk_value_to_json, fk_value_from_json, fk_text_free,
                            dispatch_each};

} // namespace fkvm
