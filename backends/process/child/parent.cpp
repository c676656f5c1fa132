// SPDX-License-Identifier: MIT
#include "parent.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr int polite_ms = 250; // the main thread sees the end of its input too, unless it is busy
constexpr int longest_end_ms = 60'000;

std::atomic<bool> end_expected{false};

void *watch(void *argument) {
    const int in = static_cast<int>(reinterpret_cast<long>(argument));
    pollfd end{in, 0, 0}; // POLLHUP comes unasked
    while (::poll(&end, 1, -1) < 0 && errno == EINTR) {
    }
    ::poll(nullptr, 0, end_expected.load() ? longest_end_ms : polite_ms);
    ::_exit(0);
}

pid_t parent = 0;

} // namespace

bool watch_parent(int in) noexcept {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    sigset_t all, old; // signals are for the thread that runs Lua
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    const int error = pthread_create(&thread, &attributes, watch,
                                     reinterpret_cast<void *>(static_cast<long>(in)));
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

void expect_end() noexcept { end_expected.store(true); }

// The signal comes when the thread that started this process ends, too: another one of its process is the parent then, and
// the signal comes again when that one ends (prctl(2), PR_SET_PDEATHSIG).
bool end_with_parent() noexcept {
    if (!parent) {
        parent = ::getppid();
        struct sigaction action {};
        action.sa_handler = [](int) {
            if (::getppid() != parent) ::_exit(0);
        };
        action.sa_flags = SA_RESTART;
        ::sigaction(SIGIO, &action, nullptr);
    }
    return ::prctl(PR_SET_PDEATHSIG, SIGIO) == 0 && ::getppid() == parent;
}

} // namespace fkvm
