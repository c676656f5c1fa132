// SPDX-License-Identifier: MIT
#include "patience.h"

#include "base/clock.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sys/syscall.h>
#include <unistd.h>

namespace fkvm {

bool tell_to_end(int pidfd, pid_t pid, fk_status reason, uint32_t messages) noexcept {
    siginfo_t info{};
    info.si_signo = SIGINT;
    info.si_code = SI_QUEUE;
    info.si_pid = ::getpid();
    info.si_uid = ::getuid();
    info.si_value.sival_int =
        static_cast<int>(((messages & 0x3fffffff) << 1) | (reason == FK_TIMEOUT ? 1 : 0));
    if (::syscall(SYS_pidfd_send_signal, pidfd, SIGINT, &info, 0) == 0) return true;
    return errno == ENOSYS && is_ours(pidfd) && // valgrind 3.19 does not know it
           ::sigqueue(pid, SIGINT, info.si_value) == 0;
}

bool Patience::ask(fk_status reason, uint32_t messages) noexcept {
    if (reason_ == FK_OK) {
        reason_ = reason;
        until_ = asked_ = 0;
    }
    const uint64_t now = now_ns();
    if (until_ == 0) {
        began_ = now;
        until_ = now + grace_ns;
        cpu_before_ = child_.cpu_ns();
    }
    if (now >= until_) {
        if (now >= began_ + longest_grace_ns || !starved()) return false;
        until_ = now + ask_again_ns;
    }
    if (now - asked_ < ask_again_ns) return true;
    asked_ = now;
    return tell_to_end(child_.pidfd(), child_.pid(), reason_, messages);
}

int Patience::wait_ms() const noexcept {
    const uint64_t now = now_ns(), next = std::min(until_, asked_ + ask_again_ns);
    return next > now ? static_cast<int>((next - now) / 1'000'000 + 1) : 0;
}

bool Patience::starved() const noexcept {
    return child_.runnable() && child_.cpu_ns() - cpu_before_ < grace_ns / 2;
}

} // namespace fkvm
