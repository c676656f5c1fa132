// SPDX-License-Identifier: MIT
// Notices that a child has nothing to do, without a system call for each message: a timer runs from the first message
// on until the VM has been tidied up.
#pragma once

namespace fkvm {

class IdleTimer {
  public:
    // A message is handled.
    void busy() noexcept {
        busy_ = true;
        if (!running_) start();
    }

    // Before waiting: has nothing happened for at least one period? Reading fails with EINTR at its end.
    bool is_idle() noexcept;
    void stop() noexcept;

  private:
    void start() noexcept;

    bool busy_ = false, running_ = false;
};

} // namespace fkvm
