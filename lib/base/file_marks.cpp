// SPDX-License-Identifier: MIT
#include "file_marks.h"

#include <cstring>
#include <ctime>
#include <sys/stat.h>

namespace fkvm {
namespace {

constexpr int64_t tick_ns = 20'000'000; // more than the coarsest clock that file systems use

int64_t ns(const timespec &t) noexcept { return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec; }

} // namespace

FileMark mark_file(const char *path, bool listed) noexcept {
    FileMark mark{};
    struct stat file;
    if (::stat(path, &file) != 0) return mark;
    mark.device = file.st_dev;
    mark.inode = file.st_ino;
    mark.mode = file.st_mode;
    if (S_ISDIR(file.st_mode) && !listed) return mark;
    timespec now;
    ::clock_gettime(CLOCK_REALTIME, &now);
    mark.size = static_cast<uint64_t>(file.st_size);
    mark.modified_ns = ns(file.st_mtim);
    mark.changed_ns = ns(file.st_ctim);
    mark.listed = listed;
    mark.recent = ns(now) - mark.changed_ns < tick_ns;
    return mark;
}

bool is_unchanged(const char *path, const FileMark &mark) noexcept {
    if (mark.recent) return false;
    const FileMark now = mark_file(path, mark.listed);
    return std::memcmp(&now, &mark, sizeof mark) == 0;
}

} // namespace fkvm
