// SPDX-License-Identifier: MIT
// While one lives, threads that are started handle no signal of the server's.
#pragma once

#include <csignal>

namespace fkvm {

#if defined(_WIN32)
class AllSignalsBlocked {
  public:
    AllSignalsBlocked() noexcept {}
    ~AllSignalsBlocked() {}
};
#else
class AllSignalsBlocked {
  public:
    AllSignalsBlocked() noexcept {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    AllSignalsBlocked(const AllSignalsBlocked &) = delete;
    AllSignalsBlocked &operator=(const AllSignalsBlocked &) = delete;

  private:
    sigset_t before_;
};
#endif

} // namespace fkvm
