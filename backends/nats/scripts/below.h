// SPDX-License-Identifier: MIT
// Files and folders below one that is held open. Links are not followed.
#pragma once

#include "base/fd.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fkvm {

// Those with Fd: none, and errno, on failure.
Fd open_folder_at(int folder, const char *name) noexcept;
Fd open_parent_below(int folder, std::string_view path); // of the last part of path
Fd open_file_below(int folder, std::string_view path);   // to read; may be no regular file

std::string last_part(std::string_view path);

// Without "." and "..", sorted, and not many more than limit. 0, or an errno.
enum class Hidden { Take, Leave };
int names_at(int folder, std::vector<std::string> *names, Hidden hidden = Hidden::Take,
             size_t limit = SIZE_MAX);

// "KIND-PID-RANDOM": nobody else makes it. Throws ScriptsError.
std::string new_name(const char *kind);

// A folder with all that is in it, whatever its mode. False: something stayed.
bool remove_tree(int folder, const char *name) noexcept;

} // namespace fkvm
