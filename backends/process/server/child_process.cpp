// SPDX-License-Identifier: MIT
#include "child_process.h"

#include "oom.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace fkvm {
namespace {

// A text of /proc/PID/NAME; empty if it is not to be had.
template <size_t Size>
std::string_view proc_text(pid_t pid, const char *name, char (&text)[Size]) noexcept {
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%ld/%s", static_cast<long>(pid), name);
    const Fd file(::open(path, O_RDONLY | O_CLOEXEC));
    const ssize_t n = file ? ::read(file.get(), text, Size - 1) : 0;
    text[n > 0 ? n : 0] = '\0';
    return {text, n > 0 ? static_cast<size_t>(n) : 0};
}

} // namespace

bool make_pipe(Fd *read_end, Fd *write_end) noexcept {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    *read_end = Fd(ends[0]).above_standard();
    *write_end = Fd(ends[1]).above_standard();
    return *read_end && *write_end;
}

void set_non_blocking(const Fd &fd) noexcept {
    ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

int ChildProcess::make_pipes() noexcept {
    const PrivateFd::Making here;
    Fd to_child;
    const bool good = make_pipe(&child_in_, &to_child) && make_pipe(&from_child_, &child_out_) &&
                      make_pipe(&stderr_, &child_err_);
    if (!good) return errno;
    set_non_blocking(to_child);
    set_non_blocking(stderr_);
    PrivateFd::Making::put(to_child_, std::move(to_child));
    return 0;
}

ssize_t ChildProcess::read(char *to, size_t size) noexcept {
    return ::read(from_child_.get(), to, size);
}

ssize_t ChildProcess::read_err(char *to, size_t size) noexcept {
    return ::read(stderr_.get(), to, size);
}

ssize_t ChildProcess::write(const char *bytes, size_t size) noexcept {
    return ::write(to_child_.get(), bytes, size);
}

bool ChildProcess::tell_to_end(fk_status reason, uint32_t messages) noexcept {
    return Process::tell_to_end(reason, messages);
}

bool ChildProcess::was_out_of_memory() const noexcept { return oom_killer_was_here(); }

uint64_t ChildProcess::cpu_ns() const noexcept {
    clockid_t clock;
    timespec used{};
    if (ended() || ::clock_getcpuclockid(pid(), &clock) != 0 || ::clock_gettime(clock, &used) != 0)
        return 0;
    return static_cast<uint64_t>(used.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(used.tv_nsec);
}

bool ChildProcess::runnable() const noexcept {
    char text[512]; // "PID (NAME) STATE ...": NAME has at most 15 bytes, any of them
    const std::string_view stat = proc_text(pid(), "stat", text);
    const size_t name_end = stat.rfind(')');
    return name_end != stat.npos && stat.substr(name_end).starts_with(") R");
}

uint64_t ChildProcess::resident() const noexcept {
    char text[64];
    unsigned long long total = 0, resident = 0;
    proc_text(pid(), "statm", text);
    if (std::sscanf(text, "%llu %llu", &total, &resident) != 2) return 0;
    return resident * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

const char *ChildProcess::fate() const noexcept {
    const bool by_lifeline = kill_refused() && exit_status() == -SIGKILL;
    return !kill_refused() || by_lifeline ? "was killed" : "could not be killed";
}

std::string ChildProcess::fate_explained() const {
    if (!kill_refused() || exit_status() == -SIGKILL) return {};
    return ". Operation not permitted: the server has given up privileges since it started the "
           "child, which " +
           std::string(ended() ? "ended when its input was closed"
                               : "ends when it finds its input closed");
}

} // namespace fkvm
