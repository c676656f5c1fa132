// SPDX-License-Identifier: MIT
// Numbers are those of the kernel's documentation: headers of a distribution know fewer of them
// than its kernel.
#include "landlock.h"

#include "process/build_tools.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr long create_ruleset = 444, add_rule = 445, restrict_self = 446;
constexpr uint32_t ask_version = 1, path_beneath = 1;

constexpr uint64_t write_file = 1 << 1, read_file = 1 << 2, read_dir = 1 << 3, refer = 1 << 13,
                   truncate = 1 << 14, ioctl_dev = 1 << 15, first_rights = (1 << 13) - 1;
constexpr uint64_t tcp_bind_connect = 3, scope_sockets_signals = 3;

struct Ruleset {
    uint64_t files = first_rights, net = 0, scoped = 0;
    size_t size = sizeof files; // what this kernel knows of it

    explicit Ruleset(int version) noexcept {
        if (version >= 2) files |= refer;
        if (version >= 3) files |= truncate;
        if (version >= 4) net = tcp_bind_connect, size += sizeof net;
        if (version >= 5) files |= ioctl_dev;
        if (version >= 6) scoped = scope_sockets_signals, size += sizeof scoped;
        if (spares_tools) files = read_file | read_dir;
    }
};

struct __attribute__((packed)) Beneath {
    uint64_t allowed;
    int32_t parent;
};

bool failed(std::string *problem, const std::string &what) {
    *problem = what + ": " + std::strerror(errno);
    return false;
}

// /dev/null and its like may be written to; what is there stays.
uint64_t rights(const struct stat &status) noexcept {
    if (S_ISDIR(status.st_mode)) return read_file | read_dir;
    return S_ISCHR(status.st_mode) && !spares_tools ? read_file | write_file : read_file;
}

bool allow(int ruleset, const std::string &path, std::string *problem) {
    const int file = ::open(path.c_str(), O_PATH | O_CLOEXEC);
    if (file < 0) return true;
    struct stat status;
    bool good = ::fstat(file, &status) == 0;
    if (good) {
        const Beneath rule{rights(status), file};
        good = ::syscall(add_rule, ruleset, path_beneath, &rule, 0) == 0;
    }
    if (!good) failed(problem, "landlock: " + path);
    ::close(file);
    return good;
}

bool enforce(int ruleset, const std::vector<std::string> &paths, std::string *problem) {
    for (const std::string &path : paths)
        if (!allow(ruleset, path, problem)) return false;
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failed(problem, "landlock: no_new_privs");
    return ::syscall(restrict_self, ruleset, 0) == 0 || failed(problem, "landlock");
}

} // namespace

int landlock_version(std::string *problem) {
    const long version = ::syscall(create_ruleset, nullptr, 0, ask_version);
    if (version > 0) return static_cast<int>(version);
    *problem = errno == EOPNOTSUPP ? "landlock (switched off when the kernel was started)"
               : errno == ENOSYS   ? "landlock (the kernel has none; Linux 5.13 or later has)"
                                   : std::string("landlock (") + std::strerror(errno) + ")";
    return 0;
}

bool landlock_read_only(const std::vector<std::string> &paths, std::string *problem) {
    const int version = landlock_version(problem);
    if (version == 0) return false;
    const Ruleset wanted(version);
    const long ruleset = ::syscall(create_ruleset, &wanted, wanted.size, 0);
    if (ruleset < 0) return failed(problem, "landlock");
    const bool good = enforce(static_cast<int>(ruleset), paths, problem);
    ::close(static_cast<int>(ruleset));
    return good;
}

} // namespace fkvm
