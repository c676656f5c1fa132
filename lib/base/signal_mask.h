// SPDX-License-Identifier: MIT
// While one lives no handler of the server runs in this thread, nor in threads that it starts, nor in
// a child that shares its memory.
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
