// SPDX-License-Identifier: MIT
// Starts children by command so that they end with the server whatever they do. The kernel kills such a
// child when the thread that started it ends, so one thread of the library starts all of them and lives as long
// as any.
#pragma once

#include "spawn.h"

namespace fkvm {

// While one lives, so does the thread. One for each child that was started by it.
class Launched {
  public:
    Launched() noexcept = default;
    ~Launched() { end(); }
    Launched(const Launched &) = delete;
    Launched &operator=(const Launched &) = delete;

    // As spawn(); EAGAIN: no thread is to be had.
    int spawn(const ChildCommand &command, const ChildStreams &streams, pid_t *pid, int *pidfd);
    void end() noexcept;

  private:
    uint64_t generation_ = 0; // of the process; 0: nothing was started
};

} // namespace fkvm
