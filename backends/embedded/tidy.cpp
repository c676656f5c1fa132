// SPDX-License-Identifier: MIT
#include "tidy.h"

#include "fkvm/clock.h"
#include "runtime.h"
#include "state.h"

namespace fk {
namespace {

constexpr uint64_t while_ns = 200'000'000; // a VM that waits for its next call for less is not idle
constexpr size_t blocks_at_once = 4000;    // free blocks that are looked at: as long as a step of the collector
constexpr int enough_cycles = 2;           // the one that runs keeps what died since it began

} // namespace

void Tidier::used(LuaMemory &memory) noexcept {
    used_ = true;
    if (!trimming_) return;
    memory.stop_trimming();
    trimming_ = false;
}

fk_status Tidier::tidy(Runtime &runtime, LuaMemory &memory) noexcept {
    if (used_) {
        used_ = false;
        idle_since_ = now_ns();
        cycles_ = enough_cycles;
        return FK_OK;
    }
    if (trimming_) {
        trimming_ = !memory.trim(blocks_at_once);
        return FK_OK;
    }
    if (cycles_ == 0 || now_ns() - idle_since_ < while_ns) return FK_OK;
    bool finished = false;
    const fk_status status = runtime.collect(&finished);
    if (status != FK_OK) cycles_ = 0; // a finalizer that fails would fail again
    if (finished && --cycles_ == 0) trimming_ = true;
    return status;
}

} // namespace fk
