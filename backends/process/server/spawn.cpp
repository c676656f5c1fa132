// SPDX-License-Identifier: MIT
// clone() with a shared address space, as posix_spawn does it, because posix_spawn gives no pidfd
// here: one made from a pid afterwards might be a stranger's.
#include "spawn.h"

#include "base/environment.h"
#include "base/signal_mask.h"
#include "child_process.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr size_t stack_size = 64 << 10;

#if defined(__SANITIZE_THREAD__) // would take what the child does for the parent's
constexpr int share_all = 0, stack_kind = MAP_SHARED;
#else
constexpr int share_all = CLONE_VM, stack_kind = MAP_PRIVATE | MAP_STACK;
#endif

struct Plan {
    const char *const *files; // candidates, NULL at the end
    char *const *arguments;
    char *const *environment;
    const char *directory;
    ChildStreams streams;
    Confinement confinement;
    sigset_t mask;
    volatile int *error; // on the child's stack, which is shared in any case
};

// Everything from here to exec runs on the parent's memory: async-signal-safe calls only.
__attribute__((no_sanitize("address", "thread", "undefined"))) int run_child(void *argument) {
    auto *plan = static_cast<Plan *>(argument);
    struct sigaction fresh {};
    fresh.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; number++) ::sigaction(number, &fresh, nullptr);
    ::setpgid(0, 0);
    const int from[] = {plan->streams.in, plan->streams.out, plan->streams.err};
    for (int to = 0; to < 3; to++) {
        if (::dup2(from[to], to) >= 0) continue;
        *plan->error = errno;
        ::_exit(127);
    }
    ::syscall(SYS_close_range, 3u, ~0u,
              4u /* CLOSE_RANGE_CLOEXEC; older kernels: all are so anyway */);
    if (plan->streams.lifeline >= 0) Lifeline::tie(plan->streams.lifeline);
    if (::chdir(plan->directory) != 0) {
        *plan->error = errno;
        ::_exit(127);
    }
    confine(plan->confinement);
    ::sigprocmask(SIG_SETMASK, &plan->mask, nullptr);
    int error = ENOENT;
    for (const char *const *file = plan->files; *file; file++) {
        ::execve(*file, plan->arguments, plan->environment);
        if (errno != ENOENT && errno != ENOTDIR) error = errno;
    }
    *plan->error = error;
    ::_exit(127);
}

std::vector<std::string> candidates(const std::string &file) {
    if (file.find('/') != std::string::npos) return {file};
    const char *path = environment("PATH");
    const std::string folders = path ? path : "/usr/local/bin:/usr/bin:/bin";
    std::vector<std::string> found;
    for (size_t at = 0; at <= folders.size();) {
        const size_t end = std::min(folders.find(':', at), folders.size());
        found.push_back((end == at ? "." : folders.substr(at, end - at)) + "/" + file);
        at = end + 1;
    }
    return found;
}

std::vector<char *> pointers(const std::vector<std::string> &texts) {
    std::vector<char *> list;
    list.reserve(texts.size() + 1);
    for (const std::string &text : texts) list.push_back(const_cast<char *>(text.c_str()));
    list.push_back(nullptr);
    return list;
}

// Emulators (qemu-user before 8.1) know no CLONE_PIDFD: its pidfd is had from its pid.
int start(Plan *plan, void *stack, pid_t *pid, int *pidfd) noexcept {
    const auto clone_with = [&](int flags) {
        return ::clone(run_child, static_cast<char *>(stack) + stack_size,
                       share_all | CLONE_VFORK | SIGCHLD | flags, plan, pidfd);
    };
    *pid = clone_with(CLONE_PIDFD);
    if (*pid >= 0 || errno != EINVAL) return *pid < 0 ? errno : 0;
    *pid = clone_with(0);
    if (*pid < 0) return errno;
    *pidfd = pidfd_of(*pid).release();
    return *pidfd < 0 ? ECHILD : 0;
}

} // namespace

int spawn(const ChildCommand &command, const ChildStreams &streams, pid_t *pid, int *pidfd) {
    const auto files = candidates(command.file);
    const auto file_list = pointers(files);
    const auto arguments = pointers(command.arguments), environment = pointers(command.environment);
    Plan plan{file_list.data(),
              arguments.data(),
              environment.data(),
              command.directory.c_str(),
              streams,
              command.confinement,
              {},
              nullptr};
    sigemptyset(&plan.mask);
    void *stack =
        ::mmap(nullptr, stack_size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | stack_kind, -1, 0);
    if (stack == MAP_FAILED) return errno;
    plan.error = static_cast<int *>(stack);
    int error = 0;
    {
        const AllSignalsBlocked in_the_shared_memory;
        error = start(&plan, stack, pid, pidfd);
    }
    if (!error) error = *plan.error;
    ::munmap(stack, stack_size);
    return error;
}

} // namespace fkvm
