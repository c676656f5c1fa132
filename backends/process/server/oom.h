// SPDX-License-Identifier: MIT
// Did the kernel kill for want of memory? It does not tell the victim's parent; it counts.
#pragma once

#include <cstdint>
#include <string_view>

namespace fkvm {

// "oom_kill" of a text like that of /proc/vmstat; 0 if it is not there.
uint64_t oom_kills_in(std::string_view vmstat) noexcept;

// To be called before the first child starts: what came before is none of ours.
void watch_oom_killer() noexcept;

// Whether the count has risen since it was last looked at.
bool oom_killer_was_here() noexcept;

} // namespace fkvm
