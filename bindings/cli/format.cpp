// SPDX-License-Identifier: MIT
// Numbers as people read them, without the locale's help so that they are the same everywhere.
#include "format.h"

#include <cmath>
#include <cstdio>

namespace cli {

std::string grouped(uint64_t number) {
    std::string text = std::to_string(number);
    for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
    return text;
}

std::string fixed(double number, int decimals) {
    char text[64];
    snprintf(text, sizeof text, "%.*f", decimals, number);
    return text;
}

std::string bytes(uint64_t number) {
    const double value = static_cast<double>(number);
    if (number < 1000) return std::to_string(number) + " B";
    if (value < 1e6) return fixed(value / 1e3, 1) + " kB";
    if (value < 1e9) return fixed(value / 1e6, 1) + " MB";
    return fixed(value / 1e9, 2) + " GB";
}

std::string seconds(double number) {
    if (number < 0.001) return fixed(number * 1e6, 0) + " us";
    if (number < 0.1) return fixed(number * 1e3, 2) + " ms";
    if (number < 100) return fixed(number, number < 10 ? 2 : 1) + " s";
    const auto whole = static_cast<uint64_t>(std::llround(number));
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

std::string rate(double per_second) {
    if (per_second < 1000) return fixed(per_second, 0);
    if (per_second < 1e6) return fixed(per_second / 1e3, 1) + "k";
    return fixed(per_second / 1e6, 2) + "M";
}

std::string plural(uint64_t number, const char *word, const char *words) {
    return grouped(number) + " " + (number == 1 ? word : words);
}

} // namespace cli
