// SPDX-License-Identifier: MIT
#include "paths.h"
#include "win32.h"
#include "windows_paths.h"

namespace fkvm {
namespace {

// As the file system compares names. Longer than any path: not equal.
bool equal(std::string_view a, std::string_view b) noexcept try {
    const std::wstring x = wide(a), y = wide(b);
    return ::CompareStringOrdinal(x.data(), static_cast<int>(x.size()), y.data(),
                                  static_cast<int>(y.size()), TRUE) == CSTR_EQUAL;
} catch (...) { // out of memory: within nobody's reach
    return false;
}

} // namespace

bool is_absolute(std::string_view path) noexcept { return windows::is_absolute(path); }

std::string joined(const std::string &directory, const char *path) {
    return windows::normal(directory, path);
}

std::string absolute_path(const std::string &directory, const char *path) {
    return windows::normal(directory, path);
}

std::string folder_of(const std::string &path) {
    const size_t root = windows::root_of(path).size(), end = path.find_last_of("/\\");
    return path.substr(0, end == path.npos || end < root ? root : end);
}

size_t name_in(std::string_view path) noexcept { return path.find_last_of("/\\:") + 1; }

bool covers(std::string_view folder, std::string_view path) noexcept {
    if (folder.empty() || path.size() < folder.size()) return false;
    const bool ends = folder.back() == '/'; // a root
    if (path.size() > folder.size() && !ends && path[folder.size()] != '/') return false;
    return equal(folder, path.substr(0, folder.size()));
}

const char *special_meaning(std::string_view path) noexcept { return windows::meaning(path); }

} // namespace fkvm
