// SPDX-License-Identifier: MIT
#include "fd.h"

#include <fcntl.h>
#include <unistd.h>
#include <utility>
#ifdef _WIN32
#include <io.h>
#endif

namespace fkvm {

void Fd::reset(int fd) noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
}

#ifdef _WIN32
Fd Fd::copy() const noexcept { return Fd(::_dup(fd_)); } // fd_ itself stays taken
#else
Fd Fd::copy() const noexcept { return Fd(::fcntl(fd_, F_DUPFD_CLOEXEC, 3)); }
#endif

Fd Fd::above_standard() &&noexcept {
    if (fd_ < 0 || fd_ > 2) return std::move(*this);
    return copy();
}

} // namespace fkvm
