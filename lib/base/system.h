// SPDX-License-Identifier: MIT
// Which process this is, and on what system.
#pragma once

#include <ctime>
#include <string>

namespace fkvm {

long process_id() noexcept;
std::string system_name(); // e.g. "Linux 6.1.0 x86_64". Throws std::bad_alloc
std::tm utc(std::time_t time) noexcept;

} // namespace fkvm
