// SPDX-License-Identifier: MIT
// Are the files that a script loaded, and the gaps that it found, still as they were? Asked for
// copies of a template, so with few system calls: while a folder has not changed nothing has
// appeared in it.
#pragma once

#include "base/file_marks.h"
#include "fk_value.h"
#include "marked_folders.h"

#include <string>
#include <vector>

namespace fkvm {

// What would have to appear for that gap to be filled: the first entry on the way to it that is not
// there. Empty: that is a link whose target may appear anywhere. Throws.
std::string missing_entry(const char *gap);
bool is_within(const char *path, const std::string &entry) noexcept; // below it or itself

class FileSet {
  public:
    struct File {
        const char *path;
        FileMark mark;
    };

    // files: a path and its mark in turn, which must outlive this. Throws.
    explicit FileSet(const fk_value &files);

    bool is_unchanged();

    const std::vector<File> &files() const noexcept { return files_; }
    const std::vector<const char *> &gaps() const noexcept { return gaps_; }

  private:
    bool still_missing();

    std::vector<File> files_;
    std::vector<const char *> gaps_; // in order
    MarkedFolders folders_{true};    // of the gaps; empty: each gap is looked at
};

} // namespace fkvm
