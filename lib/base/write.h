// SPDX-License-Identifier: MIT
// Writing to a file that may be full.
#pragma once

#include <string_view>

namespace fkvm {

// 0, or an errno. At a limit of the process (RLIMIT_FSIZE) that is EFBIG, where write(2) sends
// SIGXFSZ, which kills.
int write_all(int fd, std::string_view text) noexcept;

} // namespace fkvm
