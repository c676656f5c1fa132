// SPDX-License-Identifier: MIT
// One core for a thread and its VM's child, which take turns: neither waits for another core to
// wake up.
#pragma once

#include <cstdint>
#include <string>

namespace fk::room {

// From now on the calling thread and process pid (its main thread, the only one of a child that
// works) run on one core: that on which the thread is, unless more threads of this process are
// bound to it than to another. 0 is nobody: nothing happens, as where there is no Linux. "", or a
// sentence that says what failed: then both run where they did before.
std::string share_core(int64_t pid);

// What a thread starts inherits its cores. While this lives, the calling thread has those that it
// had before share_core().
class AllCores {
  public:
    AllCores();
    ~AllCores();
    AllCores(const AllCores &) = delete;
    AllCores &operator=(const AllCores &) = delete;
};

} // namespace fk::room
