// SPDX-License-Identifier: MIT
// Landlock by its system calls: this process and what it starts can read below given paths, and
// nothing else of the file system; no TCP, no signals or abstract sockets to the outside, as far as
// the kernel knows them.
#pragma once

#include <string>
#include <vector>

namespace fkvm {

// Version of the kernel's Landlock; 0: none, *problem says why.
int landlock_version(std::string *problem);

// For this thread and those it starts. A path that does not exist is left out. False: *problem says
// why.
bool landlock_read_only(const std::vector<std::string> &paths, std::string *problem);

} // namespace fkvm
