// SPDX-License-Identifier: MIT
#include "folder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace fkvm {
std::vector<std::string> names_in(const std::string &folder, int *error) {
    std::vector<std::string> names;
    const OpenFolder open(::opendir(folder.c_str()));
    *error = open ? 0 : errno;
    for (const dirent *entry; open && (entry = ::readdir(open.get()));)
        if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
            names.emplace_back(entry->d_name);
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace fkvm
