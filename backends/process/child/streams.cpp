// SPDX-License-Identifier: MIT
#include "streams.h"

#include <fcntl.h>
#include <unistd.h>

namespace fkvm {

bool take_streams(ProtocolStreams *streams) noexcept {
    streams->in = ::fcntl(0, F_DUPFD_CLOEXEC, 3);
    streams->out = ::fcntl(1, F_DUPFD_CLOEXEC, 3);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const bool good = streams->in >= 0 && streams->out >= 0 && null >= 0 && ::dup2(null, 0) == 0 &&
                      ::dup2(2, 1) == 1;
    if (null > 2) ::close(null);
    return good && ::fcntl(streams->out, F_SETFL, O_NONBLOCK | O_WRONLY) == 0;
}

} // namespace fkvm
