// SPDX-License-Identifier: MIT
// The host's standard streams: the protocol moves to descriptors of its own, so that no library
// that writes to stdout or reads from stdin can break a message.
#pragma once

namespace fkvm {

struct ProtocolStreams {
    int in, out;
};

// fd 0 becomes /dev/null, fd 1 a copy of fd 2, whose lines the parent takes as output.
bool take_streams(ProtocolStreams *streams) noexcept;

} // namespace fkvm
