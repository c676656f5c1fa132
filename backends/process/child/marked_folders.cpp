// SPDX-License-Identifier: MIT
#include "marked_folders.h"

#include <algorithm>

namespace fkvm {

bool MarkedFolders::add(const std::string &path) {
    if (find(path)) return false;
    folders_.push_back({path, mark_file(path.c_str(), listed_)});
    return true;
}

const FileMark *MarkedFolders::find(const std::string &path) const noexcept {
    const auto found = std::find_if(folders_.begin(), folders_.end(),
                                    [&](const Folder &folder) { return folder.path == path; });
    return found == folders_.end() ? nullptr : &found->mark;
}

bool MarkedFolders::are_unchanged() const noexcept {
    return std::all_of(folders_.begin(), folders_.end(), [](const Folder &folder) {
        return is_unchanged(folder.path.c_str(), folder.mark);
    });
}

} // namespace fkvm
