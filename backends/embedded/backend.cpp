// SPDX-License-Identifier: MIT
// The embedded backend: a lua_State in this process, behind the table of fk_backend.h.
#include "base/pages.h"
#include "embedded.h"
#include "runtime.h"
#include "state.h"
#include "tidy.h"
#include "which_lua.h"

#include <new>
#include <optional>
#include <string>
#include <utility>

namespace fkvm {
namespace {

thread_local lua_State *to_adopt = nullptr;

struct EmbeddedVm : Apart {
    LuaMemory memory;
    lua_State *L;
    std::optional<Runtime> runtime; // in the same page
    Tidier tidier;

    explicit EmbeddedVm(const fk_vm_options &options) noexcept
        : memory(options.memory_limit), L(std::exchange(to_adopt, nullptr)) {
        if (L)
            memory.adopt(L);
        else
            L = memory.open();
    }

    ~EmbeddedVm() {
        if (runtime) runtime->interrupter().begin_closing(L, runtime->options().close_timeout);
        if (L) // one that was adopted, too: nobody goes back to it
            memory.close(L, !runtime || runtime->collector().has_finalizers());
    }
};

EmbeddedVm &of(void *state) noexcept { return *static_cast<EmbeddedVm *>(state); }

bool make_runtime(EmbeddedVm *embedded, const fk_host *host, fk_vm *vm,
                  const fk_vm_options *options) noexcept {
    try {
        embedded->runtime.emplace(embedded->L, host, vm, options);
        return true;
    } catch (...) {
        return false;
    }
}

fk_status refuse(fk_vm *vm, const fk_host *host, fk_status status, const char *why) {
    const fk_failure failure{sizeof failure, why, nullptr, 0, 0, true};
    return host->fail(vm, status, &failure);
}

fk_status check_lua(fk_vm *vm, const fk_host *host, const fk_vm_options *options) try {
    static const std::string problem = mixed_lua();
    if (!problem.empty()) return refuse(vm, host, FK_NO_BACKEND, problem.c_str());
    if (options->sandbox == FK_SANDBOX_TRUSTED) show_lua_to_modules();
    return FK_OK;
} catch (...) {
    return refuse(vm, host, FK_NO_MEMORY, "out of memory");
}

// Stores *state even if it fails: the host closes it.
fk_status make(fk_vm *vm, const fk_host *host, const fk_vm_options *options, void **state) {
    if (const fk_status status = check_lua(vm, host, options)) return status;
    if (options->sandbox == FK_SANDBOX_STRICT)
        return refuse(
            vm, host, FK_OPEN_FAILED,
            "the sandbox level strict needs the process backend: no system can confine a VM that "
            "shares its process with the server");
    auto *embedded = new (std::nothrow) EmbeddedVm(*options);
    if (!embedded || !embedded->L || !make_runtime(embedded, host, vm, options)) {
        delete embedded;
        return refuse(vm, host, FK_NO_MEMORY, "out of memory for a Lua state");
    }
    __atomic_store_n(state, embedded, __ATOMIC_RELEASE); // from here on it can be interrupted
    return FK_OK;
}

// What loading leaves as garbage is collected by then: whole pages of it.
fk_status load_and_trim(EmbeddedVm &embedded, bool for_copies) noexcept {
    constexpr size_t blocks_at_once = 100'000;
    if (const fk_status status = embedded.runtime->load(for_copies)) return status;
    while (!embedded.memory.trim(blocks_at_once)) {
    }
    return FK_OK;
}

fk_status open(fk_vm *vm, const fk_host *host, const fk_vm_options *options, void **state) {
    fk_status status = make(vm, host, options, state);
    if (status == FK_OK) status = load_and_trim(of(*state), false);
    return status == FK_OK ? of(*state).runtime->start() : status;
}

fk_status load(fk_vm *vm, const fk_host *host, const fk_vm_options *options, void **state) {
    fk_status status = make(vm, host, options, state);
    if (status == FK_OK) status = load_and_trim(of(*state), true);
    if (status == FK_OK) of(*state).memory.seal();
    return status;
}

const fk_value *loaded(void *state) { return of(state).runtime->loaded(); }
fk_status forked(void *state) { return of(state).runtime->start_copy(); }

fk_status call(void *state, const char *method, const fk_value *params) {
    of(state).tidier.used(of(state).memory);
    return of(state).runtime->call(method, params);
}

fk_status poll(void *state) { return of(state).tidier.tidy(*of(state).runtime, of(state).memory); }

fk_status interrupt(void *state, fk_status) { return of(state).runtime->interrupter().interrupt(); }

void kill(void *state) { of(state).runtime->interrupter().without_finalizers(); }

void stats(void *state, fk_stats *stats) {
    stats->memory = of(state).memory.used();
    stats->memory_peak = of(state).memory.peak();
    stats->wants_poll = of(state).tidier.wants_more();
    stats->sandbox_reached = "lua";
    stats->runtime = LUA_RELEASE;
    stats->limited_by = of(state).runtime->interrupter().described();
}

fk_status close(void *state) {
    delete &of(state);
    return FK_OK;
}

} // namespace

void adopt_state(lua_State *L) noexcept { to_adopt = L; }

} // namespace fkvm

#ifdef FKVM_LUA_INSIDE
#define FK_ABOUT LUA_RELEASE " in this process, inside libfkvm"
#else
#define FK_ABOUT "Lua in this process"
#endif

extern "C" const fk_backend fk_backend_embedded = {
    sizeof(fk_backend), FK_BACKEND_ABI, "embedded",   FK_ABOUT,
    fkvm::open,         fkvm::call,     nullptr,      fkvm::interrupt,
    fkvm::stats,        nullptr,        fkvm::poll,   fkvm::close,
    fkvm::load,         fkvm::loaded,   fkvm::forked, nullptr,
    fkvm::kill};
