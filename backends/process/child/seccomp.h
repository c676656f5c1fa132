// SPDX-License-Identifier: MIT
// Which system calls a confined child has lost: they fail with EPERM. Two filters, because a
// template has to fork and its copies must not.
#pragma once

#include <string>

namespace fkvm {

// Programs, sockets, other processes' memory, writing of files, mounts, kernel interfaces. False:
// *problem says why.
bool forbid_system_calls(std::string *problem);

// New processes, and signals to others; new threads stay possible.
bool forbid_processes(std::string *problem);
// The same for copies of this process: the filter is compiled beforehand, which takes longer than
// the fork. The second returns false with errno, and writes to no memory but the stack.
bool prepare_forbid_processes(std::string *problem);
bool forbid_processes_as_prepared() noexcept;

} // namespace fkvm
