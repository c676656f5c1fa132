// SPDX-License-Identifier: MIT
// What lies in a folder. std::filesystem's iterators end the process where memory is short: they
// build paths in functions that may not throw.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace fkvm {

// One entry after the other, in the system's order; "." and ".." are left out.
class FolderReader {
  public:
    enum Kind { Link, Folder, Else };

    explicit FolderReader(const std::string &path); // throws std::bad_alloc, as next()
    ~FolderReader();
    FolderReader(const FolderReader &) = delete;
    FolderReader &operator=(const FolderReader &) = delete;

    int error() const noexcept { return error_; } // an errno, if it cannot be read
    bool next(std::string *name);
    Kind kind(); // of the entry at hand

  private:
    struct System;
    std::unique_ptr<System> system_;
    int error_ = 0;
};

// Sorted. On failure empty, and *error an errno, else 0. Throws std::bad_alloc alone.
std::vector<std::string> names_in(const std::string &folder, int *error);

} // namespace fkvm
