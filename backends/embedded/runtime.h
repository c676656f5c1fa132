// SPDX-License-Identifier: MIT
// What runs inside a lua_State, whoever owns the state: the fk library, the script, calls in both
// directions. Reaches the outside through fk_host alone.
#pragma once

#include "base/arena.h"
#include "base/reach.h"
#include "call.h"
#include "collector.h"
#include "convert.h"
#include "fk_backend.h"
#include "interrupt.h"
#include "loaded_files.h"
#include "name_filter.h"
#include "standard_streams.h"
#include "state.h"
#include "streams.h"
#include "traceback.h"
#include "warnings.h"

#include <optional>
#include <string>

namespace fkvm {

class Runtime final : private LuaMemory::Watcher {
  public:
    Runtime(lua_State *L, const fk_host *host, fk_vm *vm, const fk_vm_options *options);
    ~Runtime();

    // load() installs the library and runs the script; then start() runs what fk.on_open() was
    // given. For copies of the process: load(true), loaded(), and start_copy() in each of them.
    fk_status load(bool for_copies) noexcept;
    const fk_value *loaded() noexcept; // as fk_backend.loaded
    fk_status start() noexcept;
    fk_status start_copy() noexcept;
    fk_status call(const char *method, const fk_value *params) noexcept;
    fk_status collect(bool *finished) noexcept; // garbage, for a moment; *finished: all there was

    // For the C functions of the library; L may be any coroutine of the state.
    static Runtime &of(lua_State *L) noexcept;
    const fk_host &host() const noexcept { return *host_; }
    fk_vm *vm() const noexcept { return vm_; }
    const fk_vm_options &options() const noexcept { return *options_; }
    Arena &arena() noexcept { return arena_; }
    Collector &collector() noexcept { return collector_; }
    Interrupter &interrupter() noexcept { return interrupter_; }
    Warnings &warnings() noexcept { return warnings_; }
    Traceback &traceback() noexcept { return traceback_; }
    void ends_in(lua_State *L) noexcept { traceback_.ends_in(L, L == L_); } // the call, in L
    std::string &directory() noexcept { return directory_; }
    bool restricted() const noexcept { return options_->sandbox != FK_SANDBOX_TRUSTED; }
    const Reach &reach() const noexcept { return reach_; }
    const fk_value *globals() const noexcept { return globals_; } // while the script loads
    OpenFiles &open_files() noexcept { return open_files_; }
    StandardStreams &standard_streams() noexcept { return standard_streams_; }
    std::string &text() noexcept {
        return text_;
    } // of who pushes it next: a Lua error may pass over that
    LoadedFiles *loaded_files() noexcept { return loading_for_copies_ ? &*loaded_files_ : nullptr; }

    // Calls a host method with the parameters on L's stack from `first`; pushes its result, unless
    // it is a notification. Raises Lua errors.
    int dispatch(lua_State *L, const char *method, size_t size, int first, bool notification);

    int answers =
        LUA_NOREF; // in the registry: the functions that the runtime itself answers with, by name
    NameFilter answer_names;

    CallData *current() const noexcept { return current_; }

  private:
    fk_status run(lua_CFunction body, CallData *data) noexcept;
    int no_memory(lua_State *L, const char *method, Arena::Mark mark);
    fk_status out_of_memory(CallData *data) const noexcept;
    void memory_error(bool certain) noexcept override;
    void memory_errors_repeat() noexcept override { interrupter_.end_call(FK_MEMORY_LIMIT); }
    fk_status report(fk_status status, const CallData &data) noexcept;
    fk_status outcome_of(int outcome, fk_status asked, CallData *data) noexcept;
    fk_status answer(CallData *data) noexcept;
    fk_status open_by(lua_CFunction body) noexcept;

    lua_State *L_; // the innermost coroutine that waits for the host
    const fk_host *host_;
    fk_vm *vm_;
    const fk_vm_options *options_;
    Arena arena_;
    Collector collector_;
    Interrupter interrupter_;
    Warnings warnings_{*this};
    Traceback traceback_;
    CallData *current_ = nullptr;
    fk_value *globals_ = nullptr;
    std::string directory_; // the VM's own working directory, absolute
    Reach reach_;
    std::string text_;
    OpenFiles open_files_;
    StandardStreams standard_streams_{*this};
    bool loading_for_copies_ = false;
    std::optional<LoadedFiles> loaded_files_; // copies share it untouched
    Arena loaded_arena_;                      // of loaded()
};

} // namespace fkvm
