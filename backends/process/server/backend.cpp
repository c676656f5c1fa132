// SPDX-License-Identifier: MIT
// The process backend behind the table of fk_backend.h.
#include "process_vm.h"

#include <new>

namespace fkvm {
namespace {

ProcessVm &of(void *state) noexcept { return *static_cast<ProcessVm *>(state); }

fk_status open(fk_vm *vm, const fk_host *host, const fk_vm_options *options, void **state) {
    ProcessVm *process;
    try {
        process = new ProcessVm(vm, host, options);
    } catch (...) {
        const fk_failure failure{sizeof failure, "out of memory", nullptr, 0, 0,
                                 false,          FK_DEATH_NONE};
        return host->fail(vm, FK_NO_MEMORY, &failure);
    }
    __atomic_store_n(state, process, __ATOMIC_RELEASE); // from here on it can be interrupted
    return process->guarded([&] { return process->open(); });
}

fk_status call(void *state, const char *method, const fk_value *params) {
    return of(state).guarded([&] { return of(state).call(method, params); });
}
fk_status notify(void *state, const char *method, const fk_value *params) {
    return of(state).guarded([&] { return of(state).notify(method, params); });
}
fk_status begin(void *state, const char *method, const fk_value *params, uint64_t ticket) {
    return of(state).guarded([&] { return of(state).begin(method, params, ticket); });
}
fk_status interrupt(void *state, fk_status reason) { return of(state).interrupt(reason); }
void kill(void *state) { of(state).kill(); }
void stats(void *state, fk_stats *stats) { of(state).stats(stats); }
int fd(void *state) { return of(state).fd(); }
fk_status poll(void *state) {
    return of(state).guarded([&] { return of(state).poll(); });
}

fk_status close(void *state) {
    const fk_status status = of(state).guarded([&] { return of(state).close(); });
    delete &of(state);
    return status;
}

} // namespace
} // namespace fkvm

extern "C" const fk_backend fk_backend_process = {
    sizeof(fk_backend),
    FK_BACKEND_ABI,
    "process",
    "a child process on pipes: fkvm-host, or $FK_VM_COMMAND",
    fkvm::open,
    fkvm::call,
    fkvm::notify,
    fkvm::interrupt,
    fkvm::stats,
    fkvm::fd,
    fkvm::poll,
    fkvm::close,
    nullptr,
    nullptr,
    nullptr,
    fkvm::begin,
    fkvm::kill};
