// SPDX-License-Identifier: MIT
#include "words.h"

#include <cerrno>

namespace fkvm {

// Bounded: a child can write faster than it is read.
void Words::drain() noexcept {
    char bytes[4096];
    for (int rounds = 0; rounds < 64; rounds++) {
        const ssize_t n = child_.read_err(bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) {
            open_ = false;
            watch_.without_err();
        }
        if (n <= 0) return;
        take(bytes, static_cast<size_t>(n));
    }
}

void Words::take(const char *bytes, size_t size) noexcept {
    known_.output(FK_LEVEL_STDERR, bytes, size);
    try {
        end_.append(bytes, size);
        if (end_.size() > most) end_.erase(0, end_.size() - most);
    } catch (...) { // they are for messages only
    }
}

std::string Words::last() const {
    return end_.empty() ? std::string() : "\nThe end of its standard error:\n" + end_;
}

} // namespace fkvm
