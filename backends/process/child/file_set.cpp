// SPDX-License-Identifier: MIT
#include "file_set.h"

#include "base/paths.h"

#include <algorithm>
#include <cstring>
#include <sys/stat.h>

namespace fkvm {
namespace {

bool exists(const FileMark &mark) noexcept { return mark.mode != 0; }

} // namespace

bool is_within(const char *path, const std::string &entry) noexcept {
    return !entry.empty() && std::strncmp(path, entry.c_str(), entry.size()) == 0 &&
           (path[entry.size()] == '/' || !path[entry.size()]);
}

std::string missing_entry(const char *gap) {
    std::string path = gap, folder = folder_of(path);
    struct stat entry;
    while (folder.size() > 1 && ::stat(folder.c_str(), &entry) != 0) {
        path = folder;
        folder = folder_of(path);
    }
    const bool is_link = ::lstat(path.c_str(), &entry) == 0 && S_ISLNK(entry.st_mode);
    return is_link ? std::string() : path;
}

FileSet::FileSet(const fk_value &files) {
    for (uint32_t i = 0; i + 1 < files.size; i += 2) {
        File file{files.items[i].string, {}};
        std::memcpy(&file.mark, files.items[i + 1].string, sizeof file.mark);
        if (exists(file.mark))
            files_.push_back(file);
        else
            gaps_.push_back(file.path);
    }
    std::sort(gaps_.begin(), gaps_.end(),
              [](const char *a, const char *b) { return std::strcmp(a, b) < 0; });
}

bool FileSet::is_unchanged() {
    for (const File &file : files_)
        if (!fkvm::is_unchanged(file.path, file.mark)) return false;
    return (!folders_.empty() && folders_.are_unchanged()) || still_missing();
}

// Marks the folders anew: before they are looked into, so that nothing is missed.
bool FileSet::still_missing() {
    folders_.clear();
    bool told_by_folders = true;
    std::string entry;
    for (const char *gap : gaps_) {
        if (is_within(gap, entry)) continue;
        entry = missing_entry(gap);
        if (entry.empty())
            told_by_folders = false;
        else
            folders_.add(folder_of(entry));
        if (exists(mark_file(entry.empty() ? gap : entry.c_str(), false))) return false;
    }
    if (!told_by_folders) folders_.clear();
    return true;
}

} // namespace fkvm
