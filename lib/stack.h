// SPDX-License-Identifier: MIT
// How much stack a thread has: Lua's recursion is bounded for threads with a usual one.
#pragma once

#include <cstddef>

namespace fk {

struct Stack {
    size_t size; // of this thread's; SIZE_MAX: unknown, or this code runs on a stack of the program's own making
    size_t left;
};

Stack this_stack() noexcept;

} // namespace fk
