// SPDX-License-Identifier: MIT
// The descriptors of one child: what a call waits for, and what fk_vm_fd gathers for a server that
// polls.
#pragma once

#include "child_process.h"

#include <cstdint>

namespace fkvm {

class Watch {
  public:
    explicit Watch(const ChildProcess &child) noexcept : child_(child) {}
    int make() noexcept; // 0, or an errno

    int fd() const noexcept { return events_.get(); }
    void wake() noexcept;      // from any thread, and from a signal handler
    void take_wake() noexcept; // so that wait() sees the next one

    // What happened, within that time (-1: no limit).
    struct Ready {
        bool in = false, out = false, ended = false, woken = false, err = false;
        int error = 0; // of the system
    };
    Ready wait(int ms, int err, bool also_writable) const noexcept;

    // The child may take again what could not be written. To be undone when it has been.
    void writable_too(bool yes) noexcept;
    // Its standard error has ended: it would be readable for ever.
    void without(int fd) noexcept;

  private:
    bool change(int operation, int fd, uint32_t events) noexcept;

    const ChildProcess &child_;
    Fd wake_;   // an eventfd
    Fd events_; // an epoll
    bool writable_too_ = false;
};

} // namespace fkvm
