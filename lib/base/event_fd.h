// SPDX-License-Identifier: MIT
// A count in the kernel (Linux): readable while it is not 0, writable while it is not at its most.
#pragma once

#include "fd.h"

#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace fkvm {

class EventFd {
  public:
    static constexpr uint64_t most = UINT64_MAX - 1;

    int make() noexcept { // 0, or an errno
        fd_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)).above_standard();
        return fd_ ? 0 : errno;
    }
    int get() const noexcept { return fd_.get(); }

    // From any thread, and from a signal handler.
    void add(uint64_t count) noexcept {
        const ssize_t n = ::write(fd_.get(), &count, sizeof count);
        static_cast<void>(n); // full: it is so already
    }
    void drain() noexcept {
        uint64_t count;
        const ssize_t n = ::read(fd_.get(), &count, sizeof count);
        static_cast<void>(n);
    }

  private:
    Fd fd_;
};

} // namespace fkvm
