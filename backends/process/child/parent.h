// SPDX-License-Identifier: MIT
// A child ends with its parent, even if Lua never returns.
#pragma once

namespace fkvm {

// Of whatever launcher: when the other end of `in` is gone. Takes a thread.
bool watch_parent(int in) noexcept;

// From now on the other end may close `in` and wait for this process to end, as long as its close_timeout allows.
void expect_end() noexcept;

// Of libfkvm as the launcher, which kills what it no longer waits for: when its process is gone. Takes a signal, SIGIO, and
// no memory. To be called again in a copy of this process. False: it is gone already.
bool end_with_parent() noexcept;

} // namespace fkvm
