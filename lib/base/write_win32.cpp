// SPDX-License-Identifier: MIT
#include "write.h"

#include <algorithm>
#include <cerrno>
#include <io.h>

namespace fkvm {

int write_all(int fd, std::string_view text) noexcept {
    while (!text.empty()) {
        const auto size = static_cast<unsigned>(std::min<size_t>(text.size(), 1u << 30));
        const int n = ::_write(fd, text.data(), size);
        if (n <= 0) return n < 0 ? errno : EIO;
        text.remove_prefix(static_cast<size_t>(n));
    }
    return 0;
}

} // namespace fkvm
