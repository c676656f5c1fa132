// SPDX-License-Identifier: MIT
#include "seccomp.h"

#ifndef FKVM_SECCOMP

namespace fkvm {

bool forbid_system_calls(std::string *problem) {
    *problem = "seccomp (fkvm was built without libseccomp)";
    return false;
}
bool forbid_processes(std::string *problem) { return forbid_system_calls(problem); }
bool prepare_forbid_processes(std::string *problem) { return forbid_system_calls(problem); }
bool forbid_processes_as_prepared() noexcept { return false; }

} // namespace fkvm

#else

#include "base/fd.h"
#include "process/build_tools.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <span>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace fkvm {
namespace {

// By name: a name that this machine or libseccomp does not know forbids nothing.
constexpr const char *forbidden[] = {
    // programs
    "execve", "execveat", "memfd_create", "memfd_secret", "uselib",
    // sockets
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "socketcall",
    // other processes
    "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "kcmp",
    "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "setns", "unshare", "setpriority",
    "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler", "ioprio_set",
    "migrate_pages", "move_pages", "setpgid", "setsid",
    // files
    "creat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir",
    "link", "linkat", "symlink", "symlinkat", "mknod", "mknodat", "truncate", "truncate64", "chmod",
    "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat", "chown32", "fchown32",
    "lchown32", "utime", "utimes", "utimensat", "futimesat", "setxattr", "lsetxattr", "fsetxattr",
    "removexattr", "lremovexattr", "fremovexattr", "name_to_handle_at", "open_by_handle_at",
    "fanotify_init", "fanotify_mark", "copy_file_range",
    // mounts
    "mount", "umount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen",
    "fsconfig", "fsmount", "fspick", "mount_setattr", "swapon", "swapoff", "quotactl",
    "quotactl_fd",
    // the kernel
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
    "io_uring_register", "keyctl", "add_key", "request_key", "init_module", "finit_module",
    "delete_module", "create_module", "kexec_load", "kexec_file_load", "reboot", "syslog", "acct",
    "iopl", "ioperm", "lookup_dcookie", "nfsservctl", "vhangup", "personality", "modify_ldt",
    "settimeofday", "stime", "clock_settime", "clock_settime64", "clock_adjtime", "clock_adjtime64",
    "adjtimex", "sethostname", "setdomainname",
    // memory that no limit of the process counts
    "shmget", "shmat", "shmctl", "semget", "semop", "semctl", "msgget", "msgsnd", "msgrcv",
    "msgctl", "ipc", "mq_open", "mq_unlink",
    // rights
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid",
    "setgroups", "setuid32", "setgid32", "setreuid32", "setregid32", "setresuid32", "setresgid32",
    "setgroups32", "capset", "setrlimit"};

template <class... Value>
constexpr auto sorted(Value... values) {
    std::array<uint32_t, sizeof...(values)> list{static_cast<uint32_t>(values)...};
    std::sort(list.begin(), list.end());
    return list;
}

// What is left of the calls that do many things.
constexpr auto allowed_fcntl =
    sorted(F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, 1032 /* F_GETPIPE_SZ */);
constexpr auto allowed_ioctl = sorted(FIONREAD, FIONBIO, FIOCLEX, FIONCLEX, TIOCGWINSZ, TCGETS,
                                      0x802c542au /* TCGETS2: stdio asks, "is it a terminal?" */);
constexpr auto allowed_prctl =
    sorted(PR_SET_PDEATHSIG, PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_CAPBSET_READ,
           PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_GET_TID_ADDRESS, PR_SET_VMA);

// Later than libseccomp 2.5; the same numbers on every machine.
constexpr int forbidden_later[] = {452 /* fchmodat2 */, 463 /* setxattrat */,
                                   466 /* removexattrat */, 467 /* open_tree_attr */,
                                   469 /* file_setattr */};

class Filter {
  public:
    Filter() noexcept : context_(seccomp_init(SCMP_ACT_ALLOW)) {
        if (!context_) error_ = -ENOMEM;
        // A filter costs nothing beside its own instructions; it is no reason to slow down all
        // others.
        if (context_) seccomp_attr_set(context_, SCMP_FLTATR_CTL_SSB, 1);
        if (context_) seccomp_attr_set(context_, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    }
    ~Filter() {
        if (context_) seccomp_release(context_);
    }
    Filter(const Filter &) = delete;
    Filter &operator=(const Filter &) = delete;

    void fails(int call, int error) noexcept {
        if (call != __NR_SCMP_ERROR)
            keep(seccomp_rule_add_array(context_, SCMP_ACT_ERRNO(static_cast<uint32_t>(error)),
                                        call, 0, nullptr));
    }
    void fails(const char *name, int error) noexcept { fails(number(name), error); }
    void fails_if(const char *name, const scmp_arg_cmp &argument) noexcept {
        const int call = number(name);
        if (call != __NR_SCMP_ERROR)
            keep(seccomp_rule_add_array(context_, SCMP_ACT_ERRNO(EPERM), call, 1, &argument));
    }

    // All values of a 32 bit argument but these, sorted, fail. A rule compares an argument with one
    // pattern, so what lies between the values is cut into blocks that share their upper bits.
    void fails_unless(const char *name, unsigned argument, std::span<const uint32_t> allowed,
                      uint32_t begin = 0, int free_bits = 32) noexcept {
        const uint64_t size = uint64_t{1} << free_bits;
        const auto first = std::lower_bound(allowed.begin(), allowed.end(), begin);
        if (first == allowed.end() || *first - begin >= size) {
            const uint64_t mask = UINT32_MAX & ~(size - 1);
            fails_if(name, {argument, SCMP_CMP_MASKED_EQ, mask, begin});
        } else if (free_bits > 0) {
            const auto half = static_cast<uint32_t>(size / 2);
            fails_unless(name, argument, allowed, begin, free_bits - 1);
            fails_unless(name, argument, allowed, begin + half, free_bits - 1);
        }
    }

    bool load(std::string *problem) noexcept {
        if (error_ == 0) error_ = seccomp_load(context_);
        return good(problem);
    }

    // The program, by way of a pipe, which holds more than the longest.
    bool compile(std::vector<sock_filter> *program, std::string *problem) {
        int ends[2] = {-1, -1};
        program->resize(BPF_MAXINSNS);
        ssize_t size = -1;
        if (error_ == 0 && ::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) error_ = -errno;
        const Fd from(ends[0]), to(ends[1]);
        if (error_ == 0) error_ = seccomp_export_bpf(context_, to.get());
        if (error_ == 0 &&
            (size = ::read(from.get(), program->data(), program->size() * sizeof(sock_filter))) < 0)
            error_ = -errno;
        program->resize(size > 0 ? static_cast<size_t>(size) / sizeof(sock_filter) : 0);
        return good(problem);
    }

  private:
    bool good(std::string *problem) const {
        if (error_ == 0) return true;
        *problem = std::string("seccomp (") + std::strerror(-error_) + ")";
        return false;
    }
    static int number(const char *name) noexcept { return seccomp_syscall_resolve_name(name); }
    void keep(int error) noexcept {
        if (error_ == 0 && error != -EDOM && error != -EINVAL)
            error_ = error; // those: no such call here
    }

    scmp_filter_ctx context_;
    int error_ = 0;
};

constexpr scmp_arg_cmp masked(unsigned argument, uint64_t mask, uint64_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

void forbid_writing(Filter &filter) noexcept {
    const struct {
        const char *name;
        unsigned flags;
    } openers[] = {{"open", 1}, {"openat", 2}};
    for (const auto &opener : openers) {
        filter.fails_if(opener.name, masked(opener.flags, O_ACCMODE, O_WRONLY));
        filter.fails_if(opener.name, masked(opener.flags, O_ACCMODE, O_RDWR));
        for (const uint64_t flag : {O_CREAT, O_TRUNC})
            filter.fails_if(opener.name, masked(opener.flags, flag, flag));
    }
}

} // namespace

bool forbid_system_calls(std::string *problem) {
    Filter filter;
    for (const char *name : forbidden) filter.fails(name, EPERM);
    for (const int call : forbidden_later) filter.fails(call, EPERM);
    filter.fails("openat2", ENOSYS);
    filter.fails_unless("ioctl", 1, allowed_ioctl);
    filter.fails_unless("fcntl", 1, allowed_fcntl);
    filter.fails_unless("fcntl64", 1, allowed_fcntl);
    if (!spares_tools) filter.fails_unless("prctl", 0, allowed_prctl);
    filter.fails_if("prlimit64", {2, SCMP_CMP_NE, 0, 0});
    if (!spares_tools) filter.fails("ptrace", EPERM);
    if (!spares_tools) forbid_writing(filter);
    return filter.load(problem);
}

namespace {

// A pid that no process has; stands for the one that will be asked for.
constexpr uint32_t any_pid = 0x7fffeeee;
constexpr size_t longest = 128; // steps of the program; some 30 are needed
std::vector<sock_filter> prepared;

void add_process_rules(Filter &filter, uint32_t self) noexcept {
    if (!spares_tools) {
        for (const char *name : {"fork", "vfork"}) filter.fails(name, EPERM);
        filter.fails("clone3", ENOSYS); // libc takes clone, whose flags a filter can see
#if defined(__s390__)
        filter.fails_if("clone", masked(1, CLONE_THREAD, 0));
#else
        filter.fails_if("clone", masked(0, CLONE_THREAD, 0));
#endif
    }
    for (const char *name : {"kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"})
        filter.fails_if(name, {0, SCMP_CMP_NE, self, 0});
    filter.fails("tkill", EPERM);
}

} // namespace

bool forbid_processes(std::string *problem) {
    Filter filter;
    add_process_rules(filter, static_cast<uint32_t>(::getpid()));
    return filter.load(problem);
}

bool prepare_forbid_processes(std::string *problem) {
    Filter filter;
    add_process_rules(filter, any_pid);
    if (!filter.compile(&prepared, problem)) return false;
    if (prepared.size() <= longest) return true;
    *problem =
        "seccomp (a filter of " + std::to_string(prepared.size()) + " steps, more than expected)";
    return false;
}

bool forbid_processes_as_prepared() noexcept {
    sock_filter steps[longest];
    std::copy(prepared.begin(), prepared.end(), steps);
    for (sock_filter &step : std::span(steps, prepared.size()))
        if (step.code == (BPF_JMP | BPF_JEQ | BPF_K) && step.k == any_pid)
            step.k = static_cast<uint32_t>(::getpid());
    const sock_fprog program{static_cast<unsigned short>(prepared.size()), steps};
    return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                     &program) == 0;
}

} // namespace fkvm

#endif
