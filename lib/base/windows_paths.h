// SPDX-License-Identifier: MIT
// What Windows makes of a name, as text alone: so it is compiled and tested everywhere. Separators
// are "/" once a path is normal.
#pragma once

#include <string>
#include <string_view>

namespace fkvm::windows {

// "C:/", "//server/share/", "/", "C:" (relative to that drive's folder), or "".
std::string_view root_of(std::string_view path) noexcept;
bool is_absolute(std::string_view path) noexcept;

// path as seen from directory, which is absolute: without ".", "..", "\" and doubled separators.
// Throws std::bad_alloc.
std::string normal(std::string_view directory, std::string_view path);

// Why a confined script may not use this path: a part of it is no plain file name, or names another
// drive's folder, a device, a stream of a file, or a file by another name than its own. nullptr: it
// may.
const char *meaning(std::string_view path) noexcept;

} // namespace fkvm::windows
