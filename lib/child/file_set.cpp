// SPDX-License-Identifier: MIT
#include "file_set.h"

#include <algorithm>
#include <cstring>

namespace fk {
namespace {

bool exists(const FileMark &mark) noexcept { return mark.mode != 0; }

} // namespace

FileSet::FileSet(const fk_value &files) {
    for (uint32_t i = 0; i + 1 < files.size; i += 2) {
        File file{files.as.items[i].as.string, {}};
        std::memcpy(&file.mark, files.as.items[i + 1].as.string, sizeof file.mark);
        if (exists(file.mark))
            files_.push_back(file);
        else
            missing_.push_back(file.path);
    }
}

bool FileSet::is_unchanged() {
    for (const File &file : files_)
        if (!fk::is_unchanged(file.path, file.mark)) return false;
    const bool same = std::all_of(folders_.begin(), folders_.end(),
                                  [](const Folder &folder) { return fk::is_unchanged(folder.path.c_str(), folder.mark); });
    return (same && !folders_.empty()) || still_missing();
}

// Looks at each one, and marks the folders anew: before they are looked into, so that nothing is missed.
bool FileSet::still_missing() {
    folders_.clear();
    for (const char *missing : missing_) {
        std::string path = missing;
        FileMark mark{};
        for (size_t end; !exists(mark) && (end = path.rfind('/')) != std::string::npos;) {
            path.resize(end ? end : 1);
            mark = mark_file(path.c_str(), true);
            if (end == 0) break;
        }
        const bool known = std::any_of(folders_.begin(), folders_.end(), [&](const Folder &folder) { return folder.path == path; });
        if (!known) folders_.push_back({std::move(path), mark});
        if (exists(mark_file(missing, false))) return false;
    }
    return true;
}

} // namespace fk
