// SPDX-License-Identifier: MIT
// A child ends with its parent, even if Lua never returns.
#pragma once

namespace fkvm {

// Of libfkvm as the launcher, which kills what it no longer waits for: when its process is gone.
// Takes a signal, SIGIO, and no memory. To be called again in a copy of this process. False: it is
// gone already.
bool end_with_parent() noexcept;

} // namespace fkvm
