// SPDX-License-Identifier: MIT
// Are the files that a script loaded, and the gaps that it found, still as they were? Asked for every copy of a
// template, so with few system calls: while a folder has not changed nothing has appeared in it.
#pragma once

#include "fk_value.h"
#include "file_marks.h"

#include <string>
#include <vector>

namespace fk {

class FileSet {
  public:
    // files: a path and its mark in turn, which must outlive this. Throws.
    explicit FileSet(const fk_value &files);

    bool is_unchanged();

  private:
    struct File {
        const char *path;
        FileMark mark;
    };
    struct Folder {
        std::string path;
        FileMark mark;
    };

    bool still_missing();

    std::vector<File> files_;
    std::vector<const char *> missing_;
    std::vector<Folder> folders_; // the nearest ones above each missing file
};

} // namespace fk
