// SPDX-License-Identifier: MIT
// The files of web/, which the build puts into the program.
#pragma once

#include <string_view>

namespace server {

struct WebFile {
    std::string_view path, type, content;
};

extern const WebFile web_files[];
extern const unsigned long web_files_count;

} // namespace server
