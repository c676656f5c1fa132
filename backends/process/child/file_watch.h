// SPDX-License-Identifier: MIT
// A set of files that the kernel watches (inotify): while it tells of nothing, asking costs one
// read() and a stat() of each folder in place of one of each file. Else, and where inotify would
// not tell all, the files are looked at.
#pragma once

#include "file_set.h"

namespace fkvm {

class FileWatch {
  public:
    explicit FileWatch(const fk_value &files) : files_(files) {} // as FileSet's

    bool is_unchanged();

    // Begins to watch, or again after something has happened. Takes longer than is_unchanged()
    // does. Throws.
    void renew();

    // For a copy of this process, which must not share the descriptor. Writes to no page.
    void leave() const noexcept;

  private:
    bool watch_all();
    bool watch_folder(const std::string &path);
    bool watch_gaps();
    bool watch_file(const FileSet::File &file);
    bool has_told() const noexcept;
    bool is_quiet() const noexcept;

    FileSet files_;
    MarkedFolders folders_{false}; // that hold files or gaps
    int inotify_ = -1;
    bool watches_ = false;
    int in_vain_ = 0; // renewed so many times
    int pause_ = 0;   // before the next time
};

} // namespace fkvm
