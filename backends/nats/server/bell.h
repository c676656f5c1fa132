// SPDX-License-Identifier: MIT
// Descriptors that are ready as long as we say so: what a poll sees of a child far away.
#pragma once

#include "base/fd.h"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace fkvm {

class EventFd {
  public:
    explicit EventFd(bool nonblocking = true) noexcept
        : fd_(Fd(::eventfd(0, EFD_CLOEXEC | (nonblocking ? EFD_NONBLOCK : 0))).above_standard()) {}
    int get() const noexcept { return fd_.get(); }
    explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

    void add(uint64_t count) noexcept { // from a signal handler, too
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

// Readable while it rings.
class Bell {
  public:
    int fd() const noexcept { return event_.get(); }
    bool made() const noexcept { return static_cast<bool>(event_); }
    void set(bool rings) noexcept {
        if (rings == rings_) return;
        rings_ = rings;
        rings ? event_.add(1) : event_.drain();
    }

  private:
    EventFd event_;
    bool rings_ = false;
};

// Writable while it is open.
class Gate {
  public:
    int fd() const noexcept { return event_.get(); }
    bool made() const noexcept { return static_cast<bool>(event_); }
    void set(bool open) noexcept {
        if (open == open_) return;
        open_ = open;
        open ? event_.drain() : event_.add(UINT64_MAX - 1); // the most there may be
    }

  private:
    EventFd event_;
    bool open_ = true;
};

} // namespace fkvm
