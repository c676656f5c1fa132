// SPDX-License-Identifier: MIT
// While one lives, a pthread_cancel() of this thread waits: it would unwind through C frames and
// locks.
#pragma once

#if __has_include(<pthread.h>)
#include <pthread.h>
#endif

namespace fkvm {

#if defined(PTHREAD_CANCEL_DISABLE)
class NoCancel {
  public:
    NoCancel() noexcept { ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
    ~NoCancel() { ::pthread_setcancelstate(before_, nullptr); }
    NoCancel(const NoCancel &) = delete;
    NoCancel &operator=(const NoCancel &) = delete;

  private:
    int before_ = PTHREAD_CANCEL_ENABLE;
};
#else // Android, Windows: threads cannot be cancelled
class NoCancel {
  public:
    NoCancel() noexcept {}
    ~NoCancel() {}
};
#endif

} // namespace fkvm
