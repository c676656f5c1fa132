// SPDX-License-Identifier: MIT
// How much stack the calling thread has: Lua's own limit of nested C calls needs a megabyte, and a thread with
// less (musl's threads have 128 KiB) would crash where others get an error.
#pragma once

#include <cstddef>

namespace fk {

constexpr size_t least_stack = 1 << 20;

// Of the calling thread; SIZE_MAX where it cannot be told. Asked of the system once a thread.
size_t stack_size() noexcept;

} // namespace fk
