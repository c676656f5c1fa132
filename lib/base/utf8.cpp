// SPDX-License-Identifier: MIT
// UTF-8 as RFC 3629 has it, eight bytes at a time where they are ASCII.
#include "utf8.h"

#include <cstdint>
#include <cstring>

namespace fkvm {
namespace {

bool continuation(unsigned char c) noexcept { return (c & 0xC0) == 0x80; }

// Length of the sequence at p (at most n bytes) whose first byte is no ASCII, 0 if it is none.
// Table 3-7 of the Unicode standard.
size_t sequence(const unsigned char *p, size_t n) noexcept {
    const unsigned char c = p[0];
    if (c < 0xC2 || c > 0xF4) return 0;
    if (n < 2 || !continuation(p[1])) return 0;
    if (c < 0xE0) return 2;
    if ((c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F)) return 0;
    if (n < 3 || !continuation(p[2])) return 0;
    if (c < 0xF0) return 3;
    if ((c == 0xF0 && p[1] < 0x90) || (c == 0xF4 && p[1] > 0x8F)) return 0;
    return n >= 4 && continuation(p[3]) ? 4 : 0;
}

constexpr uint64_t ones = 0x0101010101010101ull, highs = 0x8080808080808080ull;

template <bool refuse_nul>
bool valid(std::string_view text) noexcept {
    const auto *p = reinterpret_cast<const unsigned char *>(text.data());
    size_t n = text.size();
    while (n) {
        while (n >= 8) {
            uint64_t word;
            std::memcpy(&word, p, 8);
            const uint64_t zero = refuse_nul ? (word - ones) & ~word : 0;
            if ((word | zero) & highs) break;
            p += 8;
            n -= 8;
        }
        if (!n) break;
        if (refuse_nul && *p == 0) return false;
        const size_t length = *p < 0x80 ? 1 : sequence(p, n);
        if (!length) return false;
        p += length;
        n -= length;
    }
    return true;
}

} // namespace

bool is_utf8(std::string_view text) noexcept { return valid<false>(text); }
bool is_plain_text(std::string_view text) noexcept { return valid<true>(text); }

std::string plain_text(std::string_view bytes) {
    if (is_plain_text(bytes)) return std::string(bytes);
    std::string text;
    for (size_t i = 0; i < bytes.size();) {
        const auto *p = reinterpret_cast<const unsigned char *>(bytes.data()) + i;
        const size_t length = *p < 0x80 ? *p != 0 : sequence(p, bytes.size() - i);
        text += length ? bytes.substr(i, length) : "\xEF\xBF\xBD";
        i += length ? length : 1;
    }
    return text;
}

} // namespace fkvm
