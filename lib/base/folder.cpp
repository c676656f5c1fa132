// SPDX-License-Identifier: MIT
#include "folder.h"

#include <algorithm>

namespace fkvm {

std::vector<std::string> names_in(const std::string &folder, int *error) {
    std::vector<std::string> names;
    FolderReader reader(folder);
    *error = reader.error();
    for (std::string name; reader.next(&name);) names.push_back(std::move(name));
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace fkvm
