// SPDX-License-Identifier: MIT
#include "patience.h"

#include "base/clock.h"

#include <algorithm>

namespace fkvm {

bool Patience::ask(fk_status reason, uint32_t messages) noexcept {
    if (reason_ == FK_OK) {
        reason_ = reason;
        until_ = asked_ = 0;
    }
    const uint64_t now = now_ns();
    if (until_ == 0) {
        began_ = now;
        until_ = now + grace_ns;
        cpu_before_ = child_.cpu_ns();
    }
    if (now >= until_) {
        if (now >= began_ + longest_grace_ns || !starved()) return false;
        until_ = now + ask_again_ns;
    }
    if (now - asked_ < ask_again_ns) return true;
    asked_ = now;
    return child_.tell_to_end(reason_, messages);
}

int Patience::wait_ms() const noexcept {
    const uint64_t now = now_ns(), next = std::min(until_, asked_ + ask_again_ns);
    return next > now ? static_cast<int>((next - now) / 1'000'000 + 1) : 0;
}

bool Patience::starved() const noexcept {
    return child_.runnable() && child_.cpu_ns() - cpu_before_ < grace_ns / 2;
}

} // namespace fkvm
