// SPDX-License-Identifier: MIT
// What lies in a folder. std::filesystem's iterators end the process where memory is short: they
// build paths in functions that may not throw.
#pragma once

#include <dirent.h>
#include <memory>
#include <string>
#include <vector>

namespace fkvm {

struct CloseFolder {
    void operator()(DIR *folder) const noexcept { ::closedir(folder); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>; // of opendir()

// Without "." and ".."; sorted. On failure empty, and *error an errno, else 0. Throws
// std::bad_alloc alone.
std::vector<std::string> names_in(const std::string &folder, int *error);

} // namespace fkvm
