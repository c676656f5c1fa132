// SPDX-License-Identifier: MIT
#include "write.h"

#include <cerrno>
#include <csignal>
#include <pthread.h>
#include <unistd.h>

namespace fkvm {
namespace {

// The signal goes to the thread that writes; one that was pending before is left to others.
class NoSizeSignal {
  public:
    NoSizeSignal() noexcept {
        sigset_t pending;
        sigemptyset(&signal_);
        sigaddset(&signal_, SIGXFSZ);
        sigpending(&pending);
        was_pending_ = sigismember(&pending, SIGXFSZ) == 1;
        pthread_sigmask(SIG_BLOCK, &signal_, &before_);
    }
    ~NoSizeSignal() {
        sigset_t pending;
        sigpending(&pending);
        int taken;
        if (!was_pending_ && sigismember(&pending, SIGXFSZ) == 1) sigwait(&signal_, &taken);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    NoSizeSignal(const NoSizeSignal &) = delete;
    NoSizeSignal &operator=(const NoSizeSignal &) = delete;

  private:
    sigset_t signal_, before_;
    bool was_pending_;
};

} // namespace

int write_all(int fd, std::string_view text) noexcept {
    const NoSizeSignal here;
    while (!text.empty()) {
        const ssize_t n = ::write(fd, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n < 0 ? errno : EIO;
        text.remove_prefix(static_cast<size_t>(n));
    }
    return 0;
}

} // namespace fkvm
