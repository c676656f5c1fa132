// SPDX-License-Identifier: MIT
#include "streams.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

namespace fk {
namespace {

constexpr int polite_ms = 250; // the main thread sees the end of its input too, unless it is busy
constexpr int longest_end_ms = 60'000;

std::atomic<bool> end_expected{false};

void *watch(void *argument) {
    const int in = static_cast<int>(reinterpret_cast<long>(argument));
    pollfd end{in, 0, 0}; // POLLHUP comes unasked
    while (::poll(&end, 1, -1) < 0 && errno == EINTR) {}
    ::poll(nullptr, 0, end_expected.load() ? longest_end_ms : polite_ms);
    ::_exit(0);
}

} // namespace

void expect_end() noexcept { end_expected.store(true); }

bool take_streams(ProtocolStreams *streams) noexcept {
    streams->in = ::fcntl(0, F_DUPFD_CLOEXEC, 3);
    streams->out = ::fcntl(1, F_DUPFD_CLOEXEC, 3);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const bool good = streams->in >= 0 && streams->out >= 0 && null >= 0 && ::dup2(null, 0) == 0 && ::dup2(2, 1) == 1;
    if (null > 2) ::close(null);
    return good && ::fcntl(streams->out, F_SETFL, O_NONBLOCK | O_WRONLY) == 0;
}

bool watch_parent(int in) noexcept {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    sigset_t all, old; // signals are for the thread that runs Lua
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    const int error = pthread_create(&thread, &attributes, watch, reinterpret_cast<void *>(static_cast<long>(in)));
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

} // namespace fk
