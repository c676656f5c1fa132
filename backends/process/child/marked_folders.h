// SPDX-License-Identifier: MIT
// Folders, and what each looked like when it was added.
#pragma once

#include "base/file_marks.h"

#include <string>
#include <vector>

namespace fkvm {

class MarkedFolders {
  public:
    // listed: a change of their entries counts, not only that of the folder that a path leads to.
    explicit MarkedFolders(bool listed) noexcept : listed_(listed) {}

    // Marks it, unless it is known: then false. Throws.
    bool add(const std::string &path);
    const FileMark *find(const std::string &path) const noexcept; // nullptr: it is not known
    bool are_unchanged() const noexcept;

    bool empty() const noexcept { return folders_.empty(); }
    void clear() noexcept { folders_.clear(); }

  private:
    struct Folder {
        std::string path;
        FileMark mark;
    };

    const bool listed_;
    std::vector<Folder> folders_;
};

} // namespace fkvm
