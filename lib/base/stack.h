// SPDX-License-Identifier: MIT
// How much stack a thread has: Lua's recursion is bounded for threads with a usual one.
#pragma once

#include "fast_tls.h"

#include <cstddef>
#include <cstdint>

namespace fkvm {

struct Stack {
    size_t
        size; // of this thread's; SIZE_MAX: unknown, or this code runs on a stack of the program's own making
    size_t left;
};

struct StackRange {
    uintptr_t low, high; // equal: unknown
    bool looked_for;
};
extern constinit FK_FAST_TLS thread_local StackRange stack_range; // this thread's
void find_stack(uintptr_t here) noexcept;

inline Stack this_stack() noexcept {
    const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    if (!stack_range.looked_for) find_stack(here);
    if (here < stack_range.low || here >= stack_range.high) return {SIZE_MAX, SIZE_MAX};
    return {stack_range.high - stack_range.low, here - stack_range.low};
}

} // namespace fkvm
