// SPDX-License-Identifier: MIT
#include "paths.h"

#include <algorithm>
#include <filesystem>

namespace fkvm {

bool is_absolute(std::string_view path) noexcept { return path.starts_with('/'); }

std::string joined(const std::string &directory, const char *path) {
    return is_absolute(path) ? std::string(path) : directory + "/" + path;
}

std::string absolute_path(const std::string &directory, const char *path) {
    return (std::filesystem::path(directory) / path).lexically_normal().string();
}

std::string folder_of(const std::string &path) {
    const size_t end = path.rfind('/');
    return end == path.npos ? "." : path.substr(0, std::max<size_t>(end, 1));
}

size_t name_in(std::string_view path) noexcept { return path.rfind('/') + 1; }

bool covers(std::string_view folder, std::string_view path) noexcept {
    if (folder == "/") return true;
    return !folder.empty() && path.starts_with(folder) &&
           (path.size() == folder.size() || path[folder.size()] == '/');
}

const char *special_meaning(std::string_view) noexcept { return nullptr; }

} // namespace fkvm
