// SPDX-License-Identifier: MIT
#include "file_marks.h"

#include "files.h"

#include <chrono>
#include <cstring>

namespace fkvm {
namespace {

constexpr int64_t tick_ns = 20'000'000; // more than the coarsest clock that file systems use

int64_t now() noexcept {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970).count();
}

} // namespace

FileMark mark_file(const char *path, bool listed) noexcept {
    FileMark mark{};
    FileStatus file;
    if (!file_status(path, &file)) return mark;
    mark.device = file.device;
    mark.inode = file.inode;
    mark.mode = file.mode;
    if (file.kind == FileKind::Folder && !listed) return mark;
    mark.size = file.size;
    mark.modified_ns = file.modified_ns;
    mark.changed_ns = file.changed_ns;
    mark.listed = listed;
    mark.recent = now() - mark.changed_ns < tick_ns;
    return mark;
}

bool is_unchanged(const char *path, const FileMark &mark) noexcept {
    if (mark.recent) return false;
    const FileMark now = mark_file(path, mark.listed);
    return std::memcmp(&now, &mark, sizeof mark) == 0;
}

} // namespace fkvm
