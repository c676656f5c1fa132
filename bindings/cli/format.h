// SPDX-License-Identifier: MIT
// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace cli {

std::string grouped(uint64_t number);           // 1,234,567
std::string fixed(double number, int decimals); // 12.50
std::string bytes(uint64_t number);             // 17.3 MB
std::string seconds(double number);             // 0.42 s, 12.3 s, 2 min 5 s
std::string rate(double per_second);            // 950, 12.3k, 1.2M
std::string plural(uint64_t number, const char *word, const char *words); // 1 game, 2 games

} // namespace cli
