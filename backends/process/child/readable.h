// SPDX-License-Identifier: MIT
// What a confined child may read.
#pragma once

#include <string>
#include <vector>

namespace fkvm {

// The folders of the script and of the VM with what links in them lead to, module paths, libraries, time zones.
// A link counts down to four levels below such a folder, outside of hidden folders. script may be NULL.
std::vector<std::string> readable_paths(const char *directory, const char *script);

} // namespace fkvm
