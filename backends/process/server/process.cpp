// SPDX-License-Identifier: MIT
#include "process.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace fkvm {
namespace {

constexpr int last_wait_ms = 500;

// Killed, but in the hands of the kernel (a dead network file system, a huge memory): nobody waits
// for them.
class LeftBehind {
  public:
    void add(Fd pidfd) noexcept {
        const std::lock_guard lock(mutex_);
        try {
            pidfds_.push_back(std::move(pidfd));
        } catch (...) { // then it stays a zombie
        }
    }
    void reap() noexcept {
        const std::lock_guard lock(mutex_);
        std::erase_if(pidfds_, [](const Fd &pidfd) {
            siginfo_t info{};
            const int result = ::waitid(static_cast<idtype_t>(P_PIDFD),
                                        static_cast<id_t>(pidfd.get()), &info, WEXITED | WNOHANG);
            return result != 0 || info.si_pid != 0;
        });
    }

  private:
    std::mutex mutex_;
    std::vector<Fd> pidfds_;
};

LeftBehind &left_behind() noexcept {
    static LeftBehind all;
    return all;
}

// Where no pidfd is to be had: a child of ours that nobody has reaped, so its pid is still its own.
void end_without_pidfd(pid_t pid) noexcept {
    siginfo_t info;
    if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT | WNOHANG) != 0) return;
    ::kill(pid, SIGKILL);
    while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED) != 0 && errno == EINTR) {
    }
}

int pidfd_send_signal(int pidfd, int number) noexcept {
    return static_cast<int>(::syscall(SYS_pidfd_send_signal, pidfd, number, nullptr, 0));
}

} // namespace

bool is_ours(int pidfd) noexcept {
    siginfo_t info;
    int result;
    do
        result = ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd), &info,
                          WEXITED | WNOWAIT | WNOHANG);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

Fd pidfd_of(pid_t pid) noexcept {
    Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd) return end_without_pidfd(pid), Fd();
    return is_ours(pidfd.get()) ? std::move(pidfd) : Fd();
}

void Process::swap(Process &other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(pidfd_, other.pidfd_);
    std::swap(ending_, other.ending_);
    std::swap(exit_status_, other.exit_status_);
    std::swap(kill_refused_, other.kill_refused_);
    std::swap(lifeline_, other.lifeline_);
}

Process::~Process() {
    if (!pidfd_) return;
    kill_group();
    if (!reap(last_wait_ms)) left_behind().add(std::move(pidfd_));
}

void reap_left_behind() noexcept { left_behind().reap(); }

bool Process::signal(int number) const noexcept {
    if (ending_ != Ending::Running) return false;
    if (pidfd_send_signal(pidfd_.get(), number) == 0) return true;
    return errno == ENOSYS && is_ours(pidfd_.get()) &&
           ::kill(pid_, number) == 0; // valgrind 3.19 does not know it
}

bool Process::tell_to_end(fk_status reason, uint32_t messages) const noexcept {
    siginfo_t info{};
    info.si_signo = SIGINT;
    info.si_code = SI_QUEUE;
    info.si_pid = ::getpid();
    info.si_uid = ::getuid();
    info.si_value.sival_int =
        static_cast<int>(((messages & 0x3fffffff) << 1) | (reason == FK_TIMEOUT ? 1 : 0));
    if (::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGINT, &info, 0) == 0) return true;
    return errno == ENOSYS && is_ours(pidfd_.get()) && // valgrind 3.19 does not know it
           ::sigqueue(pid_, SIGINT, info.si_value) == 0;
}

void Process::kill_group() noexcept {
    if (ending_ != Ending::Running) return;
    lifeline_.cut();
    if (is_ours(pidfd_.get())) ::kill(-pid_, SIGKILL);
    const bool sent = pidfd_send_signal(pidfd_.get(), SIGKILL) == 0;
    kill_refused_ = !sent && errno == EPERM;
    if (!kill_refused_) exit_status_ = -SIGKILL; // until reap() knows better
}

void Process::kill_alone() const noexcept {
    if (pidfd_send_signal(pidfd_.get(), SIGKILL) == 0) return;
    if (errno == ENOSYS && is_ours(pidfd_.get())) ::kill(pid_, SIGKILL); // valgrind 3.19
}

bool Process::reap(int ms) noexcept {
    if (ending_ != Ending::Running || !pidfd_) return true;
    pollfd ended{pidfd_.get(), POLLIN, 0};
    int ready;
    do ready = ::poll(&ended, 1, ms);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0) return false;
    take_ending();
    return true;
}

void Process::take_ending() noexcept {
    if (is_ours(pidfd_.get())) ::kill(-pid_, SIGKILL); // what it left behind in its group
    siginfo_t info{};
    int result;
    do
        result = ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd_.get()), &info,
                          WEXITED);
    while (result != 0 && errno == EINTR);
    if (result != 0) {
        ending_ = Ending::ReapedElsewhere; // SIGCHLD is ignored, or somebody waits for every child
        exit_status_ = 0;
    } else {
        ending_ = info.si_code == CLD_EXITED ? Ending::Exited : Ending::Signalled;
        exit_status_ = info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
    }
}

fk_death Process::death() const noexcept {
    switch (ending_) {
    case Ending::Exited:
        return FK_DEATH_EXIT;
    case Ending::Signalled:
        return FK_DEATH_SIGNAL;
    default:
        return FK_DEATH_UNKNOWN;
    }
}

std::string Process::described() const {
    switch (ending_) {
    case Ending::Exited:
        return "exited with code " + std::to_string(exit_status_);
    case Ending::Signalled:
        return "was killed by signal " + std::to_string(-exit_status_) + " (" +
               ::strsignal(-exit_status_) + ")";
    case Ending::ReapedElsewhere:
        return "ended; its exit status was reaped elsewhere in this process (a SIGCHLD handler, or "
               "SIGCHLD ignored)";
    default:
        return "still runs";
    }
}

} // namespace fkvm
