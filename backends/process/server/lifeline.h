// SPDX-License-Identifier: MIT
// A pipe by which the kernel kills a child, and its group, when its VM or the server ends. No
// signal of the server's is needed, and none of its rights: it may have given them up, or be gone.
// For children by command; fkvm-host looks at its input.
#pragma once

#include "private_fd.h"

namespace fkvm {

class Lifeline {
  public:
    int make() noexcept; // 0, or an errno

    // Of the child before exec, when it has a group of its own: async-signal-safe calls only. It
    // keeps its end.
    static void tie(int end) noexcept;
    int end() const noexcept { return end_.get(); }

    void cut() noexcept; // kills

  private:
    Fd end_;
    PrivateFd held_; // the last of it to be closed kills: a copy of the server has none
};

} // namespace fkvm
