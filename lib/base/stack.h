// SPDX-License-Identifier: MIT
// How much stack there is: Lua's recursion is bounded where it is a usual one. A stack of the
// program's own making (a fiber, ucontext) is measured by the mapping that it lies in, as far as
// that tells.
#pragma once

#include "fast_tls.h"

#include <cstddef>
#include <cstdint>

namespace fkvm {

struct Stack {
    size_t size; // of the one in use; SIZE_MAX: unknown
    size_t left;
};

struct StackRange {
    uintptr_t low, high; // equal: unknown
    bool looked_for;     // it is the usual one of a thread
};
extern constinit FK_FAST_TLS thread_local StackRange stack_range; // this thread's
void find_stack(uintptr_t here) noexcept;
StackRange
find_own_stack(uintptr_t here) noexcept; // of the program's own making; the last one is remembered
void forget_own_stack() noexcept;        // another may lie at its place by now

inline Stack this_stack() noexcept {
    const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    if (!stack_range.looked_for) find_stack(here);
    const bool usual = here >= stack_range.low && here < stack_range.high;
    const StackRange range = usual ? stack_range : find_own_stack(here);
    if (here < range.low || here >= range.high) return {SIZE_MAX, SIZE_MAX};
    return {range.high - range.low, here - range.low};
}

} // namespace fkvm
