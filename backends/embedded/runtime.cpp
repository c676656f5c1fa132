// SPDX-License-Identifier: MIT
// Calls in both directions, as seen from outside the protected call.
#include "runtime.h"

#include "base/utf8.h"
#include "library.h"

#include <cstdio>
#include <cstring>
#include <utility>

namespace fkvm {
namespace {

constexpr int few_params = 16;

// What could not cross as it is, or would be taken for the protocol's own. nullptr: nothing.
const char *problem_of_name(const char *name, size_t size) noexcept {
    if (size == 0) return "it is empty";
    if (!is_plain_text({name, size})) return "it is not UTF-8 text without NUL";
    if (size >= 2 && name[0] == '$' && name[1] == '/')
        return "names that begin with $/ are the protocol's";
    return nullptr;
}

} // namespace

Reach reach_of(const fk_vm_options &options) {
    const bool is_confined = options.sandbox != FK_SANDBOX_TRUSTED;
    Reach reach(options.directory, options.script,
                is_confined && (options.flags & FK_OPEN_FOLLOW_LINKS));
    reach.add_modules(LUA_PATH_DEFAULT);
    return reach;
}

Runtime::Runtime(lua_State *L, const fk_host *host, fk_vm *vm, const fk_vm_options *options)
    : L_(L), host_(host), vm_(vm), options_(options),
      collector_(options->memory_limit, options->sandbox != FK_SANDBOX_TRUSTED),
      interrupter_(host, vm, *options), directory_(options->directory), reach_(reach_of(*options)) {
    *static_cast<Runtime **>(lua_getextraspace(L)) = this; // coroutines copy it from the main one
}

Runtime::~Runtime() = default;

Runtime &Runtime::of(lua_State *L) noexcept {
    return **static_cast<Runtime **>(lua_getextraspace(L));
}

fk_status Runtime::run(lua_CFunction body, CallData *data) noexcept {
    lua_State *const L = L_;
    const int top = lua_gettop(L);
    if (current_ && !lua_checkstack(L, 4)) { // the outermost call finds an empty stack
        data->message = "Lua's stack is full";
        return FK_SCRIPT_ERROR;
    }
    CallData *const outer = current_;
    current_ = data;
    lua_pushcfunction(L, keep_error);
    lua_pushcfunction(L, body);
    LuaMemory &memory = LuaMemory::of(L);
    if (!outer) {
        memory.begin_call(this);
        traceback_.forget();
    }
    const Interrupter::Outer outside = interrupter_.enter(L);
    const int outcome = lua_pcall(L, 0, 1, top + 1);
    const fk_status asked = interrupter_.leave(outside);
    current_ = outer;
    memory.reserve(false);
    const fk_status status = outcome_of(outcome, asked, data);
    if (asked != FK_OK) traceback_.ended();
    lua_settop(L, top);
    return status;
}

fk_status Runtime::outcome_of(int outcome, fk_status asked, CallData *data) noexcept {
    // Lua calls no handler for it: what is there is of an error that `load` gave to the script.
    if (outcome == LUA_ERRMEM) data->traceback = nullptr;
    if (asked == FK_MEMORY_LIMIT) return out_of_memory(data);
    if (asked != FK_OK) { // even if the script caught it; the traceback tells where it was
        data->message = nullptr;
        if (!data->traceback) data->traceback = traceback_.of_ending();
        return asked;
    }
    if (outcome == LUA_OK)
        return data->status == FK_OK && data->answers ? answer(data) : data->status;
    if (outcome == LUA_ERRMEM) return out_of_memory(data);
    if (data->no_memory) return FK_NO_MEMORY;
    if (!data->message || outcome == LUA_ERRERR)
        data->message = "an error in the handling of an error";
    return FK_SCRIPT_ERROR;
}

// While the script's own result is still on the stack, which the strings of data->result point
// into.
fk_status Runtime::answer(CallData *data) noexcept {
    const fk_status status = host_->result(vm_, &data->result);
    data->told = status != FK_OK;
    return status;
}

// Lua calls no handler for it. A coroutine that it leaves still has its frames then.
void Runtime::memory_error(bool certain) noexcept {
    if (current_ && interrupter_.running() == L_) traceback_.no_memory_in(L_, certain);
}

fk_status Runtime::out_of_memory(CallData *data) const noexcept {
    if (!data->traceback) data->traceback = traceback_.of(L_, -1);
    if (!data->traceback) data->traceback = traceback_.of_no_memory();
    const bool by_system = LuaMemory::of(L_).system_refused();
    constexpr size_t room = 160;
    char *text = data->arena->array<char>(room);
    data->message = text ? text : "out of memory";
    if (text)
        std::snprintf(
            text, room,
            by_system
                ? "the system gave the VM no more memory, below its memory_limit of %llu bytes"
                : "the VM reached its memory_limit, %llu bytes",
            static_cast<unsigned long long>(options_->memory_limit));
    return by_system ? FK_NO_MEMORY : FK_MEMORY_LIMIT;
}

fk_status Runtime::report(fk_status status, const CallData &data) noexcept {
    fk_failure failure{};
    failure.size = sizeof failure;
    failure.message = data.message;
    failure.traceback = data.traceback;
    return host_->fail(vm_, status, &failure);
}

fk_status Runtime::load(bool for_copies) noexcept {
    CallData data;
    if (!options_->script) {
        data.message = "options.script is NULL: this backend needs a script";
        return report(FK_INVALID, data);
    }
    if (!interrupter_.start(L_, &data.message)) return report(FK_INVALID, data);
    const char *text = options_->globals;
    if (text && host_->from_json(text, std::strlen(text), &globals_) != FK_OK) {
        data.message = "options.globals is no JSON object";
        return report(FK_INVALID, data);
    }
    if (for_copies) loaded_files_.emplace();
    loading_for_copies_ = for_copies;
    const fk_status status = open_by(load_script);
    loading_for_copies_ = false;
    host_->value_free(std::exchange(globals_, nullptr));
    return status;
}

fk_status Runtime::start() noexcept { return open_by(start_script); }
fk_status Runtime::start_copy() noexcept { return open_by(start_copied_script); }

const fk_value *Runtime::loaded() noexcept { return loaded_files_->parameters(loaded_arena_); }

fk_status Runtime::open_by(lua_CFunction body) noexcept {
    const ArenaScope scope(arena_);
    CallData data;
    data.arena = &arena_;
    data.method = options_->script;
    const fk_status status = run(body, &data);
    if (status == FK_OK) return FK_OK;
    return report(status == FK_SCRIPT_ERROR ? FK_OPEN_FAILED : status, data);
}

fk_status Runtime::call(const char *method, const fk_value *params) noexcept {
    const ArenaScope scope(arena_);
    CallData data;
    data.arena = &arena_;
    data.method = method;
    data.params = params;
    data.answers = true;
    const fk_status status = run(call_method, &data);
    if (status == FK_OK || data.told) return status;
    char text[256];
    if (status == FK_NO_METHOD) {
        std::snprintf(text, sizeof text, "the script '%s' has no global function '%.100s'",
                      options_->script ? options_->script : "", method);
        data.message = text;
    }
    return report(status, data);
}

int Runtime::no_memory(lua_State *L, const char *method, Arena::Mark mark) {
    arena_.rewind(mark);
    if (current_) current_->no_memory = true; // not in a finalizer at the end
    return luaL_error(L, "out of memory for the parameters of %s", method);
}

fk_status Runtime::collect(bool *finished) noexcept {
    const ArenaScope scope(arena_);
    CallData data;
    data.arena = &arena_;
    const fk_status status = run(collect_garbage, &data);
    *finished = data.result.kind == FK_BOOL;
    return status == FK_OK ? FK_OK : report(status, data);
}

int Runtime::dispatch(lua_State *L, const char *method, size_t size, int first, bool notification) {
    if (const char *problem = problem_of_name(method, size))
        return luaL_error(L, "a host method cannot be called by the name '%s': %s", method,
                          problem);
    // Inside a finalizer every question to the collector is answered so.
    if (lua_gc(L, LUA_GCISRUNNING) < 0)
        return luaL_error(L, "%s: host methods cannot be called by a finalizer (__gc)", method);
    const Arena::Mark mark = arena_.mark();
    const int count = lua_gettop(L) - first + 1;
    fk_value few[few_params];
    fk_value *params =
        count <= few_params ? few : arena_.array<fk_value>(static_cast<size_t>(count));
    if (!params) return no_memory(L, method, mark);
    FromLua from(L, arena_, *options_);
    for (int i = 0; i < count; i++) {
        const Crossing outcome = from.value(first + i, "params", i, &params[i]);
        if (outcome == Crossing::Ok) continue;
        if (outcome == Crossing::OutOfMemory) return no_memory(L, method, mark);
        lua_pushfstring(L, "%s: value cannot cross: %s", method, from.message());
        arena_.rewind(mark);
        return luaL_error(L, "%s", lua_tostring(L, -1)); // with the place of the call
    }
    lua_State *const outer = L_;
    L_ = L;
    const fk_value list = FK_ITEMS(params, static_cast<size_t>(count));
    fk_answer answer{};
    interrupter_.to_host();
    const fk_status status =
        host_->dispatch(vm_, method, size, &list, notification, notification ? nullptr : &answer);
    interrupter_.from_host(L);
    L_ = outer;
    arena_.rewind(mark);
    if (status == FK_PROTOCOL)
        return luaL_error(L, "%s: the call has made %I calls of host methods (max_host_calls)",
                          method, static_cast<lua_Integer>(options_->max_host_calls));
    if (notification) return 0;
    if (status != FK_OK)
        return luaL_error(L, "%s: %s (%d)", method, answer.message ? answer.message : "failed",
                          static_cast<int>(answer.code));
    push_value(L, *answer.result);
    return 1;
}

} // namespace fkvm
