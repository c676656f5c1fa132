// SPDX-License-Identifier: MIT
// The table of fk_backend.h for VMs in children that come from a Source.
#pragma once

#include "base/pages.h"
#include "child_vm.h"

#include <new>

namespace fkvm {

template <class Source>
struct SourceHolder {
    Source source; // before the VM, after which it goes
};

template <class Source>
class VmFrom final : private SourceHolder<Source>, public ChildVm, public Apart {
  public:
    VmFrom(fk_vm *vm, const fk_host *host, const fk_vm_options *options)
        : ChildVm(vm, host, options, this->source) {}
};

template <class Source>
class ChildTable {
    static VmFrom<Source> &of(void *state) noexcept {
        return *static_cast<VmFrom<Source> *>(state);
    }
    static fk_status open(fk_vm *vm, const fk_host *host, const fk_vm_options *options,
                          void **state) {
        VmFrom<Source> *made;
        try {
            made = new VmFrom<Source>(vm, host, options);
        } catch (...) {
            const fk_failure failure{sizeof failure, "out of memory", nullptr, 0, 0,
                                     false,          FK_DEATH_NONE};
            return host->fail(vm, FK_NO_MEMORY, &failure);
        }
        __atomic_store_n(state, made, __ATOMIC_RELEASE); // from here on it can be interrupted
        return made->guarded([&] { return made->open(); });
    }
    static fk_status call(void *state, const char *method, const fk_value *params) {
        return of(state).guarded([&] { return of(state).call(method, params); });
    }
    static fk_status notify(void *state, const char *method, const fk_value *params) {
        return of(state).guarded([&] { return of(state).notify(method, params); });
    }
    static fk_status begin(void *state, const char *method, const fk_value *params,
                           uint64_t ticket) {
        return of(state).guarded([&] { return of(state).begin(method, params, ticket); });
    }
    static fk_status interrupt(void *state, fk_status reason) {
        return of(state).interrupt(reason);
    }
    static void kill(void *state) { of(state).kill(); }
    static void stats(void *state, fk_stats *stats) { of(state).stats(stats); }
    static int fd(void *state) { return of(state).fd(); }
    static fk_status poll(void *state) {
        return of(state).guarded([&] { return of(state).poll(); });
    }
    static fk_status close(void *state) {
        const fk_status status = of(state).guarded([&] { return of(state).close(); });
        delete &of(state);
        return status;
    }

  public:
    static constexpr fk_backend named(const char *name, const char *about) {
        return {sizeof(fk_backend),
                FK_BACKEND_ABI,
                name,
                about,
                open,
                call,
                notify,
                interrupt,
                stats,
                fd,
                poll,
                close,
                nullptr,
                nullptr,
                nullptr,
                begin,
                kill};
    }
};

} // namespace fkvm
