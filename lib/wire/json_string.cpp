// SPDX-License-Identifier: MIT
// Strings: views into the text where nothing is escaped, else unescaped into the arena.
#include "base/utf8.h"
#include "json_parser.h"
#include "json_scan.h"
#include "value.h"

#include <cstring>

namespace fkvm {
namespace {

char *put_utf8(char *to, uint32_t c) noexcept {
    const auto tail = [&](int shift) { *to++ = static_cast<char>(0x80 | (c >> shift & 0x3F)); };
    if (c < 0x80) {
        *to++ = static_cast<char>(c);
    } else if (c < 0x800) {
        *to++ = static_cast<char>(0xC0 | c >> 6);
        tail(0);
    } else if (c < 0x10000) {
        *to++ = static_cast<char>(0xE0 | c >> 12);
        tail(6);
        tail(0);
    } else {
        *to++ = static_cast<char>(0xF0 | c >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
    return to;
}

} // namespace

bool JsonParser::string(std::string_view *out) noexcept {
    const char *const start = ++p_;
    uint64_t high = 0;
    p_ = run_end(p_, end_, &high);
    if (p_ == end_) return fail("a string does not end");
    if (*p_ == '\\') return unescape(start, out);
    if (*p_ != '"') return fail("a raw control character in a string");
    *out = {start, static_cast<size_t>(p_ - start)};
    if (high && !raw_strings_ && !is_utf8(*out))
        return fail_at(start, "a string is not valid UTF-8");
    p_++;
    return true;
}

bool JsonParser::unescape(const char *start, std::string_view *out) noexcept {
    const char *close = p_; // what is escaped is longer than what it stands for
    while (close != end_ && *close != '"') close += *close == '\\' && end_ - close > 1 ? 2 : 1;
    if (close == end_) return fail_at(end_, "a string does not end");
    char *const text = arena_.array<char>(static_cast<size_t>(close - start));
    if (!text) return out_of_memory();
    char *to = text;
    uint64_t high = 0; // not needed: what was escaped counts too
    for (p_ = start;;) {
        const char *const run = p_;
        p_ = run_end(p_, end_, &high);
        std::memcpy(to, run, static_cast<size_t>(p_ - run));
        to += p_ - run;
        if (*p_ == '"') break; // at `close` at the latest
        if (*p_ != '\\') return fail("a raw control character in a string");
        if (!escape(&to)) return false;
    }
    *out = {text, static_cast<size_t>(to - text)};
    if (!raw_strings_ && !is_utf8(*out)) return fail_at(start, "a string is not valid UTF-8");
    p_++;
    return true;
}

bool JsonParser::escape(char **to) noexcept {
    constexpr std::string_view from = "\"\\/bfnrt", into = "\"\\/\b\f\n\r\t";
    const char c = p_[1]; // the string's end comes behind it
    if (c == 'u') return code_point(to);
    const size_t i = from.find(c);
    if (i == std::string_view::npos) return fail("an escape that JSON does not know");
    *(*to)++ = into[i];
    p_ += 2;
    return true;
}

bool JsonParser::code_point(char **to) noexcept {
    const char *const start = p_;
    uint32_t c = 0, low = 0;
    if (!hex4(&c)) return false;
    if (c >= 0xDC00 && c <= 0xDFFF) return fail_at(start, "a lone low surrogate");
    if (c >= 0xD800 && c <= 0xDBFF) {
        if (end_ - p_ < 2 || p_[0] != '\\' || p_[1] != 'u')
            return fail_at(start, "a lone high surrogate");
        if (!hex4(&low)) return false;
        if (low < 0xDC00 || low > 0xDFFF) return fail_at(start, "a lone high surrogate");
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    *to = put_utf8(*to, c);
    return true;
}

bool JsonParser::hex4(uint32_t *unit) noexcept {
    if (end_ - p_ < 6) return fail("a string ends in the middle of an escape");
    *unit = 0;
    for (int i = 2; i < 6; i++) {
        const char c = p_[i];
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return fail("\\u wants four hexadecimal digits");
        *unit = *unit << 4 | static_cast<uint32_t>(digit);
    }
    p_ += 6;
    return true;
}

} // namespace fkvm
