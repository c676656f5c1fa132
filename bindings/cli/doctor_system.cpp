// SPDX-License-Identifier: MIT
// fkvm doctor: this build, the kernel, and the limits of this process.
#include "checks.h"
#include "format.h"

#include "fk_vm.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/seccomp.h>
#include <sys/syscall.h>
#endif

namespace cli {

namespace {

#if defined(__linux__)

bool has_pidfd() {
    const long fd = syscall(SYS_pidfd_open, getpid(), 0);
    if (fd >= 0) close(static_cast<int>(fd));
    return fd >= 0;
}

long landlock_abi() { // 0: none
    constexpr long create_ruleset = 444;
    constexpr unsigned version = 1;
    const long abi = syscall(create_ruleset, nullptr, 0, version);
    return abi > 0 ? abi : 0;
}

bool has_seccomp() {
    unsigned action = SECCOMP_RET_ERRNO;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

void check_features(Checks &checks) {
    if (has_pidfd())
        checks.push_back({"pidfd", Verdict::Good, "the kernel tells of a child's death at once"});
    else
        checks.push_back({"pidfd", Verdict::Bad,
                          "the kernel has no pidfd, which the backend process needs",
                          "use Linux 5.4 or later, or the backend embedded; a container's seccomp "
                          "profile may hide it"});
    if (const long abi = landlock_abi())
        checks.push_back(
            {"landlock", Verdict::Good,
             "Landlock ABI " + std::to_string(abi) + ": children can be kept from files"});
    else
        checks.push_back({"landlock", Verdict::Warning,
                          "the kernel offers no Landlock: children can read all that this user can",
                          "use Linux 5.13 or later with landlock in /sys/kernel/security/lsm, or "
                          "run the server as a user of its own"});
    if (has_seccomp())
        checks.push_back(
            {"seccomp", Verdict::Good, "seccomp filters: children can be kept from system calls"});
    else
        checks.push_back(
            {"seccomp", Verdict::Warning,
             "the kernel offers no seccomp filters: children can use every system call",
             "use a kernel with CONFIG_SECCOMP_FILTER, or a container that allows seccomp"});
    if (access("/proc/self/fd", R_OK) != 0)
        checks.push_back({"/proc", Verdict::Warning,
                          "/proc is not mounted: memory and CPU time of children are not known",
                          "mount /proc"});
}

// What the control group of this process leaves it; 0: no limit is known.
uint64_t cgroup_limit() {
    std::ifstream file("/sys/fs/cgroup/memory.max");
    uint64_t limit = 0;
    return file >> limit ? limit : 0;
}

uint64_t available_memory() {
    std::ifstream file("/proc/meminfo");
    std::string word;
    uint64_t kilobytes = 0;
    while (file >> word)
        if (word == "MemAvailable:" && file >> kilobytes) break;
    return kilobytes * 1024;
}

#endif

void check_files(Checks &checks, size_t each) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    if (limit.rlim_cur == RLIM_INFINITY)
        return checks.push_back({"open files", Verdict::Good, "no limit of open files"});
    std::string text = grouped(limit.rlim_cur) + " open files are allowed";
    const rlim_t vms = each ? limit.rlim_cur / each : limit.rlim_cur;
    if (each)
        text += ", enough for " + grouped(vms) + " VMs in children, which take " +
                std::to_string(each) + " each";
    if (vms >= 500) return checks.push_back({"open files", Verdict::Good, text});
    checks.push_back({"open files", vms < 2 ? Verdict::Bad : Verdict::Warning, text,
                      "for more: ulimit -n 65536, or LimitNOFILE=65536 in the service's unit"});
}

void check_processes(Checks &checks) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NPROC, &limit) != 0) return;
    if (limit.rlim_cur == RLIM_INFINITY)
        return checks.push_back({"processes", Verdict::Good, "no limit of processes"});
    const std::string text =
        "this user may have " + grouped(limit.rlim_cur) + " processes and threads";
    if (limit.rlim_cur >= 1024) return checks.push_back({"processes", Verdict::Good, text});
    checks.push_back({"processes", Verdict::Warning, text,
                      "each VM in a child is a process with 2 threads: ulimit -u 8192, or "
                      "LimitNPROC= and TasksMax= of the service"});
}

void check_memory(Checks &checks) {
#if defined(__linux__)
    const uint64_t available = available_memory(), limit = cgroup_limit();
    if (!available) return;
    std::string text = bytes(available) + " of memory are available";
    if (limit) text += ", and the control group allows " + bytes(limit);
    const uint64_t room = limit ? std::min(limit, available) : available;
    if (room >= (uint64_t{1} << 30)) return checks.push_back({"memory", Verdict::Good, text});
    checks.push_back({"memory", Verdict::Warning,
                      text + ": less than the default memory_limit of one VM, 1 GiB",
                      "set memory_limit so that all VMs together fit, else the kernel kills one "
                      "(OUT_OF_MEMORY)"});
#else
    (void)checks;
#endif
}

} // namespace

void check_versions(Checks &checks) {
    const std::string header = std::to_string(FK_VERSION_MAJOR) + "." +
                               std::to_string(FK_VERSION_MINOR) + "." +
                               std::to_string(FK_VERSION_PATCH);
    if (header == fk_version())
        return checks.push_back({"version", Verdict::Good, "fkvm and libfkvm " + header});
    checks.push_back({"version", Verdict::Warning,
                      "fkvm is " + header + ", the libfkvm that it runs with is " + fk_version(),
                      "another copy of the library comes first: look at LD_LIBRARY_PATH and "
                      "ldconfig -p | grep fkvm"});
}

void check_kernel(Checks &checks) {
    utsname name{};
    uname(&name);
    checks.push_back({"system", Verdict::Good,
                      std::string(name.sysname) + " " + name.release + ", " + name.machine});
#if defined(__linux__)
    check_features(checks);
#endif
}

void check_limits(Checks &checks, size_t files_each) {
    check_files(checks, files_each);
    check_processes(checks);
    check_memory(checks);
}

} // namespace cli
