// SPDX-License-Identifier: MIT
// Messages that carry descriptors, over a unix socket that keeps their bounds (SOCK_SEQPACKET).
#pragma once

#include <cstddef>
#include <sys/types.h>

namespace fkvm {

// False: errno says why. Never raises SIGPIPE.
bool send_message(int socket, const void *data, size_t size, const int *descriptors,
                  size_t count) noexcept;

// Takes one message of exactly `size` bytes and either `count` descriptors, close-on-exec, or none:
// then descriptors[0] is -1.
// *sender (may be nullptr): who sent it as the kernel saw it, on a socket with SO_PASSCRED. Returns
// 1; 0 at the end of the stream; -1 with errno, EPROTO for a message of another shape, whose
// descriptors have been closed.
int receive_message(int socket, void *data, size_t size, int *descriptors, size_t count,
                    pid_t *sender) noexcept;

} // namespace fkvm
