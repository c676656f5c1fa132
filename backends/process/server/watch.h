// SPDX-License-Identifier: MIT
// The descriptors of one child: what a call waits for, and what fk_vm_fd gathers for a server that
// polls.
#pragma once

#include "base/event_fd.h"
#include "child.h"

#include <cstdint>

namespace fkvm {

class Watch {
  public:
    int make(const Child &child) noexcept; // 0, or an errno

    int fd() const noexcept { return events_.get(); }
    void wake() noexcept { wake_.add(1); }       // from any thread, and from a signal handler
    void take_wake() noexcept { wake_.drain(); } // so that wait() sees the next one

    // What happened, within that time (-1: no limit).
    struct Ready {
        bool in = false, out = false, ended = false, woken = false, err = false;
        int error = 0; // of the system
    };
    Ready wait(int ms, int err, bool also_writable) const noexcept;

    // The child may take again what could not be written. To be undone when it has been.
    void writable_too(bool yes) noexcept;
    // Its standard error has ended: it would be readable for ever.
    void without_err() noexcept;

  private:
    bool change(int operation, int fd, uint32_t events) noexcept;

    Child::Descriptors child_{-1, -1, -1, -1};
    EventFd wake_;
    Fd events_; // an epoll
    bool writable_too_ = false;
};

} // namespace fkvm
