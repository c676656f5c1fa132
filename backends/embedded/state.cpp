// SPDX-License-Identifier: MIT
#include "state.h"

#include <cstdlib>

namespace fkvm {
namespace {

// Only an error outside of every protected call comes here: the backend makes none.
int panic(lua_State *) { return 0; }

} // namespace

struct LuaMemory::FromSlab {
    static void *allocate(Slab &slab, size_t size) noexcept { return slab.allocate(size); }
    static void release(Slab &slab, void *block, size_t size) noexcept {
        slab.release(block, size);
    }
    static void *resize(Slab &slab, void *block, size_t old_size, size_t size) noexcept {
        return slab.resize(block, old_size, size);
    }
};

// For a state whose first blocks were malloc's.
struct LuaMemory::FromMalloc {
    static void *allocate(Slab &, size_t size) noexcept { return std::malloc(size); }
    static void release(Slab &, void *block, size_t) noexcept { std::free(block); }
    static void *resize(Slab &, void *block, size_t, size_t size) noexcept {
        return std::realloc(block, size);
    }
};

template <class Blocks>
void *LuaMemory::allocate(void *self, void *block, size_t old_size, size_t size) noexcept {
    auto &memory = *static_cast<LuaMemory *>(self);
    if (!block) old_size = 0; // then it is a type tag
    const uint64_t used = memory.used();
    if (size == 0) {
        if (block) Blocks::release(memory.slab_, block, old_size);
        memory.used_.store(used - old_size, std::memory_order_relaxed);
        return nullptr;
    }
    const uint64_t now = used - old_size + size;
    if (size > old_size && now > memory.limit_ && now - memory.limit_ > memory.extra_)
        return memory.refuse(size, false);
    void *result = block ? Blocks::resize(memory.slab_, block, old_size, size)
                         : Blocks::allocate(memory.slab_, size);
    if (!result) return memory.refuse(size, true);
    if (memory.refused_) memory.end_refusal(size);
    memory.used_.store(now, std::memory_order_relaxed);
    if (now > memory.peak()) memory.peak_.store(now, std::memory_order_relaxed);
    return result;
}

// Lua collects its garbage and asks once more: the second refusal in a row is an error in the
// script. Buffers of lauxlib do not ask again: their first refusal is.
void *LuaMemory::refuse(size_t size, bool by_system) noexcept {
    const bool again = refused_ == size;
    if (refused_) errors_++;
    if (watcher_) watcher_->memory_error(refused_ != 0);
    refused_ = again ? 0 : size;
    system_refused_ = by_system;
    refusals_++;
    watch();
    return nullptr;
}

// What comes after the refusal of a buffer is of another size.
void LuaMemory::end_refusal(size_t size) noexcept {
    if (refused_ != size) errors_++;
    refused_ = 0;
    watch();
}

void LuaMemory::watch() noexcept {
    if ((errors_ >= most_errors || refusals_ >= most_refusals) && watcher_)
        watcher_->memory_errors_repeat();
}

LuaMemory &LuaMemory::of(lua_State *L) noexcept {
    void *memory;
    lua_getallocf(L, &memory);
    return *static_cast<LuaMemory *>(memory);
}

lua_State *LuaMemory::open() noexcept {
    lua_State *L = lua_newstate(allocate<FromSlab>, this);
    if (L) lua_atpanic(L, panic);
    return L;
}

// Lua calls finalizers in the reverse order in which objects were marked for it (manual, 2.5.3), so
// that of the first object is the last thing that happens before everything is freed.
void LuaMemory::prepare_close(lua_State *L) {
    if (is_adopted_) return;
    lua_newuserdatauv(L, 0, 0);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, finalize_last);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, this);
}

int LuaMemory::finalize_last(lua_State *L) noexcept {
    if (std::jmp_buf *const closed = of(L).closed_) std::longjmp(*closed, 1);
    return 0; // a script took it out of the registry
}

void LuaMemory::close(lua_State *L, bool has_finalizers) noexcept {
    if (!has_finalizers && !is_adopted_) return;
    std::jmp_buf closed;
    closed_ = &closed;
    if (setjmp(closed) == 0) lua_close(L);
}

void LuaMemory::adopt(lua_State *L) noexcept {
    used_ = static_cast<uint64_t>(lua_gc(L, LUA_GCCOUNT)) * 1024 +
            static_cast<uint64_t>(lua_gc(L, LUA_GCCOUNTB));
    peak_ = used_.load();
    is_adopted_ = true;
    lua_setallocf(L, allocate<FromMalloc>, this);
}

} // namespace fkvm
