// SPDX-License-Identifier: MIT
#include "new_folder.h"

#include "write.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr const char in_it[] = "a folder in it";

void check(int outcome, const char *what) {
    if (outcome < 0) throw std::system_error(errno, std::generic_category(), what);
}

Fd checked(Fd file, const char *what) {
    check(file.get(), what);
    return file;
}

Fd open_folder(int at, const char *name) noexcept {
    return Fd(::openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

} // namespace

FolderOfFolders::FolderOfFolders(const std::string &path)
    : folder_(checked(Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), "the folder")) {
}

void FolderOfFolders::make(const std::string &name) const {
    check(::mkdirat(folder_.get(), name.c_str(), 0700), in_it);
}

void FolderOfFolders::write(const std::string &folder, const char *name,
                            std::string_view text) const {
    const Fd place = checked(open_folder(folder_.get(), folder.c_str()), in_it);
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const Fd file = checked(Fd(::openat(place.get(), name, flags, 0600)), name);
    errno = write_all(file.get(), text);
    check(errno ? -1 : 0, name);
}

void FolderOfFolders::rename(const std::string &from, const std::string &to) const {
    check(::renameat(folder_.get(), from.c_str(), folder_.get(), to.c_str()), in_it);
}

void FolderOfFolders::remove(const std::string &name,
                             std::initializer_list<const char *> files) const noexcept {
    const Fd folder = open_folder(folder_.get(), name.c_str());
    if (!folder) return;
    for (const char *file : files) ::unlinkat(folder.get(), file, 0);
    ::unlinkat(folder_.get(), name.c_str(), AT_REMOVEDIR);
}

} // namespace fkvm
