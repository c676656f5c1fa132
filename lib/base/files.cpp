// SPDX-License-Identifier: MIT
#include "files.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

namespace fkvm {
namespace {

int64_t ns(const timespec &t) noexcept { return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec; }

#ifdef __APPLE__
const timespec &modified(const struct stat &s) noexcept { return s.st_mtimespec; }
const timespec &changed(const struct stat &s) noexcept { return s.st_ctimespec; }
#else
const timespec &modified(const struct stat &s) noexcept { return s.st_mtim; }
const timespec &changed(const struct stat &s) noexcept { return s.st_ctim; }
#endif

bool is_of_kernel(int file) noexcept {
#ifdef __linux__
    constexpr unsigned long proc = 0x9fa0, sysfs = 0x62656572;
    struct statfs system;
    if (::fstatfs(file, &system) != 0) return true;
    const auto type = static_cast<unsigned long>(system.f_type);
    return type == proc || type == sysfs;
#else
    static_cast<void>(file);
    return false;
#endif
}

Refusal kind_of(const struct stat &status) noexcept {
    return S_ISREG(status.st_mode)   ? Refusal::None
           : S_ISDIR(status.st_mode) ? Refusal::Folder
                                     : Refusal::NotRegular;
}

} // namespace

bool file_status(const char *path, FileStatus *status) noexcept {
    struct stat file;
    if (::stat(path, &file) != 0) return false;
    const FileKind kind = S_ISREG(file.st_mode)   ? FileKind::Regular
                          : S_ISDIR(file.st_mode) ? FileKind::Folder
                                                  : FileKind::Other;
    *status = {kind,
               static_cast<uint64_t>(file.st_dev),
               static_cast<uint64_t>(file.st_ino),
               static_cast<uint64_t>(file.st_size),
               static_cast<uint64_t>(file.st_mode),
               ns(modified(file)),
               ns(changed(file))};
    return true;
}

bool is_named(const char *path) noexcept {
    struct stat link;
    return ::lstat(path, &link) == 0;
}

std::FILE *open_file(const char *path, const char *mode) noexcept {
    const char how[] = {*mode, mode[0] && mode[1] == '+' ? '+' : 'e', 'e', '\0'};
    return std::fopen(path, how);
}

Fd open_to_append(const char *path) noexcept {
    return Fd(::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)).above_standard();
}

int remove_file(const char *path) noexcept { return std::remove(path) == 0 ? 0 : errno; }
int rename_file(const char *from, const char *to) noexcept {
    return std::rename(from, to) == 0 ? 0 : errno;
}

// Looked at before, for an open can do harm to a device; and after, for what is there may have
// changed.
std::FILE *open_regular(const char *path, const char *, Refusal *why) noexcept {
    struct stat status;
    *why = Refusal::System;
    if (::stat(path, &status) != 0) return nullptr;
    if ((*why = kind_of(status)) != Refusal::None) return nullptr;
    Fd file(::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW));
    *why = !file && errno == EACCES ? Refusal::Rights : Refusal::System;
    if (!file || ::fstat(file.get(), &status) != 0) return nullptr;
    if ((*why = kind_of(status)) != Refusal::None) return nullptr;
    *why = is_of_kernel(file.get()) ? Refusal::OfKernel : Refusal::System;
    if (*why == Refusal::OfKernel) return nullptr;
    std::FILE *const stream = ::fdopen(file.get(), "r");
    if (stream) file.release();
    return stream;
}

std::string real_path(const std::string &path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                           std::free);
    return real ? real.get() : "";
}

std::string current_folder() {
    const std::unique_ptr<char, decltype(&std::free)> here(::getcwd(nullptr, 0), std::free);
    return here ? here.get() : "";
}

bool is_in_last_quarter(std::FILE *file) noexcept {
    rlimit limit;
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
    return static_cast<rlim_t>(::fileno(file)) >= limit.rlim_cur - limit.rlim_cur / 4;
}

} // namespace fkvm
