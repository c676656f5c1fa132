// SPDX-License-Identifier: MIT
// Paths as text: UTF-8 on every system, with "/" between folders once they are absolute.
#pragma once

#include <string>
#include <string_view>

namespace fkvm {

bool is_absolute(std::string_view path) noexcept;

// path as seen from directory, for the system to resolve. Throws std::bad_alloc.
std::string joined(const std::string &directory, const char *path);
// path as seen from directory, without "." and "..", by the text alone. Throws std::bad_alloc.
std::string absolute_path(const std::string &directory, const char *path);

// The folder that holds it; that of a root is the root. Throws std::bad_alloc.
std::string folder_of(const std::string &path);

// Where the last name begins: 0 if there is no folder before it.
size_t name_in(std::string_view path) noexcept;

// Whether path is folder or lies below it. Of paths as real_path() gives them.
bool covers(std::string_view folder, std::string_view path) noexcept;

// What this system would make of a path that looks plain (windows_paths.h). nullptr: nothing.
const char *special_meaning(std::string_view path) noexcept;

} // namespace fkvm
