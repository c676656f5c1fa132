// SPDX-License-Identifier: MIT
#include "base64.h"

#include <array>
#include <cstdint>

namespace fkvm {
namespace {

constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t bad = 0xFF;

constexpr auto values = [] {
    std::array<uint8_t, 256> table{};
    table.fill(bad);
    for (uint8_t i = 0; i < 64; i++) table[static_cast<unsigned char>(digits[i])] = i;
    return table;
}();

uint8_t value(char c) noexcept { return values[static_cast<unsigned char>(c)]; }

} // namespace

void base64_encode(std::string_view bytes, char *out) noexcept {
    const auto *p = reinterpret_cast<const unsigned char *>(bytes.data());
    size_t n = bytes.size();
    for (; n >= 3; n -= 3, p += 3, out += 4) {
        const uint32_t w = uint32_t{p[0]} << 16 | uint32_t{p[1]} << 8 | p[2];
        out[0] = digits[w >> 18];
        out[1] = digits[w >> 12 & 63];
        out[2] = digits[w >> 6 & 63];
        out[3] = digits[w & 63];
    }
    if (!n) return;
    const uint32_t w = uint32_t{p[0]} << 16 | (n == 2 ? uint32_t{p[1]} << 8 : 0);
    out[0] = digits[w >> 18];
    out[1] = digits[w >> 12 & 63];
    out[2] = n == 2 ? digits[w >> 6 & 63] : '=';
    out[3] = '=';
}

bool base64_decode(std::string_view text, char *out, size_t *size) noexcept {
    *size = 0;
    if (text.size() % 4) return false;
    if (text.empty()) return true;
    const size_t padding = text.back() != '=' ? 0 : text[text.size() - 2] != '=' ? 1 : 2;
    const char *p = text.data(), *end = p + text.size() - (padding ? 4 : 0);
    char *to = out;
    for (; p != end; p += 4, to += 3) {
        const uint8_t a = value(p[0]), b = value(p[1]), c = value(p[2]), d = value(p[3]);
        if ((a | b | c | d) & 0xC0) return false;
        const uint32_t w = uint32_t{a} << 18 | uint32_t{b} << 12 | uint32_t{c} << 6 | d;
        to[0] = static_cast<char>(w >> 16);
        to[1] = static_cast<char>(w >> 8);
        to[2] = static_cast<char>(w);
    }
    if (padding) {
        const uint8_t a = value(p[0]), b = value(p[1]), c = padding == 1 ? value(p[2]) : 0;
        if ((a | b | c) & 0xC0) return false;
        if (padding == 1 ? c & 3 : b & 15) return false; // bits that nobody would have written
        *to++ = static_cast<char>(a << 2 | b >> 4);
        if (padding == 1) *to++ = static_cast<char>(b << 4 | c >> 2);
    }
    *size = static_cast<size_t>(to - out);
    return true;
}

} // namespace fkvm
