// SPDX-License-Identifier: MIT
#include "tidy.h"

#include "base/clock.h"
#include "call.h"
#include "runtime.h"
#include "state.h"

namespace fkvm {
namespace {

constexpr uint64_t while_ns = 200'000'000; // a VM that waits for its next call for less is not idle
constexpr size_t blocks_at_once = 1000;    // free ones, looked at between two looks at the clock

} // namespace

void Tidier::used(LuaMemory &memory) noexcept {
    used_ = true;
    wants_more_.store(true, std::memory_order_relaxed);
    if (!trimming_) return;
    memory.stop_trimming();
    trimming_ = false;
}

fk_status Tidier::tidy(Runtime &runtime, LuaMemory &memory) noexcept {
    const fk_status status = step(runtime, memory);
    wants_more_.store(used_ || collecting_ || trimming_, std::memory_order_relaxed);
    return status;
}

fk_status Tidier::step(Runtime &runtime, LuaMemory &memory) noexcept {
    if (used_) {
        used_ = false;
        idle_since_ = now_ns();
        collecting_ = true;
        return FK_OK;
    }
    if (trimming_) {
        const uint64_t end = now_ns() + collecting_ns;
        while (!memory.trim(blocks_at_once))
            if (now_ns() >= end) return FK_OK;
        trimming_ = false;
        return FK_OK;
    }
    if (!collecting_ || now_ns() - idle_since_ < while_ns) return FK_OK;
    bool finished = false;
    const fk_status status = runtime.collect(&finished);
    if (status != FK_OK) collecting_ = false; // a finalizer that fails would fail again
    if (finished) collecting_ = false, trimming_ = true;
    return status;
}

} // namespace fkvm
