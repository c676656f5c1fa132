// SPDX-License-Identifier: MIT
#include "contents.h"

#include "base/fd.h"
#include "base/write.h"
#include "below.h"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace fkvm {
namespace {

int copy_bytes(int from, int to) {
    char bytes[32 << 10];
    for (;;) {
        const ssize_t n = ::read(from, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n < 0 ? errno : 0;
        const int error = write_all(to, {bytes, static_cast<size_t>(n)});
        if (error) return error;
    }
}

// Under another name first: a copy is whole or not there.
int copy(int from, const char *name, int to, const char *final_name) {
    const Fd source(::openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!source) return errno;
    const std::string fresh = new_name(".new");
    const Fd target(::openat(to, fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!target) return errno;
    int error = copy_bytes(source.get(), target.get());
    ::futimens(source.get(), nullptr); // it is in use, though no link says so
    if (!error &&
        (::fchmod(target.get(), 0444) != 0 || ::renameat(to, fresh.c_str(), to, final_name) != 0))
        error = errno;
    if (error) ::unlinkat(to, fresh.c_str(), 0);
    return error;
}

bool is_content(int folder, const char *name, uint64_t size) noexcept {
    struct stat status;
    return ::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
           static_cast<uint64_t>(status.st_size) == size;
}

} // namespace

int link_or_copy(int from, const char *name, int to, const char *new_name) {
    if (::linkat(from, name, to, new_name, 0) == 0) return 0;
    if (errno == ENOENT || errno == EEXIST || errno == ENOSPC || errno == EDQUOT) return errno;
    return copy(from, name, to, new_name);
}

int take_content(int files, const Digest &hash, uint64_t size, int folder, const char *name) {
    const std::string digits = hash.hex(), path = digits.substr(0, 2) + "/" + digits.substr(2);
    const int error = link_or_copy(files, path.c_str(), folder, name);
    if (error || is_content(folder, name, size)) return error;
    ::unlinkat(folder, name, 0);
    return ENOENT;
}

int keep_content(int files, const Digest &hash, uint64_t size, int folder, const char *name) {
    const std::string digits = hash.hex(), rest = digits.substr(2);
    if (::mkdirat(files, digits.substr(0, 2).c_str(), 0755) != 0 && errno != EEXIST) return errno;
    const Fd shelf = open_folder_at(files, digits.substr(0, 2).c_str());
    if (!shelf) return errno;
    if (is_content(shelf.get(), rest.c_str(), size)) return 0;
    const std::string fresh = new_name(".new");
    const int error = link_or_copy(folder, name, shelf.get(), fresh.c_str());
    if (error) return error;
    return ::renameat(shelf.get(), fresh.c_str(), shelf.get(), rest.c_str()) == 0 ? 0 : errno;
}

} // namespace fkvm
