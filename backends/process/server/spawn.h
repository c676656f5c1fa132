// SPDX-License-Identifier: MIT
// Starts a program without fork(): a server of gigabytes would pay for its page tables.
#pragma once

#include "child_process.h"

namespace fkvm {

// 0, or the errno of what failed, exec included. The child has its own process group, clean
// signals, and no other descriptor than these three as 0, 1, 2; and its lifeline out of the way, if
// it is to have one.
int spawn(const ChildCommand &command, const ChildStreams &streams, pid_t *pid, int *pidfd);

} // namespace fkvm
