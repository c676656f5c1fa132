// SPDX-License-Identifier: MIT
// Text that people are shown: which characters would steer their terminal, or hide or reorder what
// stands there.
#pragma once

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

namespace fkvm {

struct Character {
    char32_t code;
    size_t bytes;
    bool valid; // else one byte that is no UTF-8
};

// The first of text, which is not empty.
inline Character next_character(std::string_view text) {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return {first, 1, true};
    const size_t bytes = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const Character none{first, 1, false};
    if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return none;
    char32_t code = first & (0xffU >> (bytes + 1));
    for (size_t i = 1; i < bytes; i++) {
        if ((byte(i) & 0xc0) != 0x80) return none;
        code = code << 6 | (byte(i) & 0x3fU);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[bytes] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return none;
    return {code, bytes, true};
}

struct CharacterRange {
    char32_t first, last;
};

// Controls (C0, DEL, C1), directions, and what has no width.
inline bool is_deceptive(char32_t code) {
    constexpr CharacterRange ranges[] = {
        {0, 0x1f},          {0x7f, 0x9f},     {0xad, 0xad},     {0x34f, 0x34f},
        {0x61c, 0x61c},     {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},
        {0x200b, 0x200f},   {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
        {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff9, 0xfffb}, {0x1d173, 0x1d17a},
        {0xe0000, 0xe0fff},
    };
    return std::any_of(std::begin(ranges), std::end(ranges), [&](const CharacterRange &range) {
        return code >= range.first && code <= range.last;
    });
}

inline bool is_space(char32_t code) {
    constexpr char32_t spaces[] = {' ', 0xa0, 0x1680, 0x202f, 0x205f, 0x2800, 0x3000};
    return (code >= 0x2000 && code <= 0x200a) ||
           std::find(std::begin(spaces), std::end(spaces), code) != std::end(spaces);
}

// text with such characters, but those of kept, as \x1b or \u{202e}.
inline std::string harmless(std::string_view text, std::string_view kept = "\t") {
    std::string safe;
    while (!text.empty()) {
        const Character one = next_character(text);
        if (one.valid && (!is_deceptive(one.code) || kept.find(text[0]) != kept.npos)) {
            safe += text.substr(0, one.bytes);
        } else {
            std::array<char, 16> shown{};
            snprintf(shown.data(), shown.size(), one.code < 0x100 ? "\\x%02x" : "\\u{%x}",
                     static_cast<unsigned>(one.code));
            safe += shown.data();
        }
        text.remove_prefix(one.bytes);
    }
    return safe;
}

} // namespace fkvm
