// SPDX-License-Identifier: MIT
// Values to JSON text.
#include "base/base64.h"
#include "base/utf8.h"
#include "json.h"
#include "json_scan.h"
#include "value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace fkvm {
namespace {

constexpr int64_t largest_plain = (int64_t{1} << 53) - 1;

char *write_escape(char *to, char c) noexcept {
    constexpr char hex[] = "0123456789abcdef";
    constexpr std::string_view from = "\"\\\n\r\t\b\f", into = "\"\\nrtbf";
    *to++ = '\\';
    if (const size_t i = from.find(c); i != from.npos) return *to++ = into[i], to;
    const auto code = static_cast<unsigned char>(c);
    for (const char digit : {'u', '0', '0', hex[code >> 4], hex[code & 15]}) *to++ = digit;
    return to;
}

bool plain_string(Buffer &out, std::string_view text) noexcept {
    constexpr size_t piece = 4096; // so that room for the worst case stays small
    if (!out.append('"')) return false;
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        const char *from = text.data(), *const end = from + std::min(piece, text.size());
        char *const start = out.reserve(static_cast<size_t>(end - from) * 6), *to = start;
        if (!start) return false;
        for (uint64_t high = 0;;) {
            const char *const run = from;
            from = run_end(from, end, &high);
            std::memcpy(to, run, static_cast<size_t>(from - run));
            to += from - run;
            if (from == end) break;
            to = write_escape(to, *from++);
        }
        out.commit(static_cast<size_t>(to - start));
    }
    return out.append('"');
}

bool bytes(Buffer &out, std::string_view text) noexcept {
    constexpr std::string_view head = "{\"$bytes\":\"", tail = "\"}";
    const size_t size = base64_size(text.size());
    char *to = out.reserve(head.size() + size + tail.size());
    if (!to) return false;
    std::memcpy(to, head.data(), head.size());
    base64_encode(text, to + head.size());
    std::memcpy(to + head.size() + size, tail.data(), tail.size());
    out.commit(head.size() + size + tail.size());
    return true;
}

bool integer(Buffer &out, int64_t i) noexcept {
    const bool plain = i >= -largest_plain && i <= largest_plain;
    if (!plain && !out.append("{\"$int\":\"")) return false;
    char *to = out.reserve(24);
    if (!to) return false;
    out.commit(static_cast<size_t>(std::to_chars(to, to + 24, i).ptr - to));
    return plain || out.append("\"}");
}

bool number(Buffer &out, double d) noexcept {
    if (std::isnan(d)) return out.append("{\"$float\":\"nan\"}");
    if (std::isinf(d)) return out.append(d > 0 ? "{\"$float\":\"inf\"}" : "{\"$float\":\"-inf\"}");
    char *to = out.reserve(40);
    if (!to) return false;
    char *end = std::to_chars(to, to + 36, d).ptr;
    if (!std::memchr(to, '.', static_cast<size_t>(end - to)) &&
        !std::memchr(to, 'e', static_cast<size_t>(end - to))) {
        *end++ = '.';
        *end++ = '0';
    }
    out.commit(static_cast<size_t>(end - to));
    return true;
}

bool array(Buffer &out, const fk_value &v, Strings strings) noexcept {
    if (!out.append('[')) return false;
    for (uint32_t i = 0; i < v.size; i++)
        if ((i && !out.append(',')) || !write_json(out, v.items[i], strings)) return false;
    return out.append(']');
}

bool object(Buffer &out, const fk_value &v, Strings strings) noexcept {
    const bool wrapped = v.size == 1 && text_of(v.members[0].name).starts_with('$');
    if (wrapped && !out.append("{\"$object\":")) return false;
    if (!out.append('{')) return false;
    for (uint32_t i = 0; i < v.size; i++) {
        const fk_member &m = v.members[i];
        if ((i && !out.append(',')) || !plain_string(out, text_of(m.name)) || !out.append(':') ||
            !write_json(out, m.value, strings))
            return false;
    }
    return out.append(wrapped ? "}}" : "}");
}

} // namespace

bool write_json_string(Buffer &out, std::string_view text, Strings strings) noexcept {
    return strings == Strings::Raw || is_plain_text(text) ? plain_string(out, text)
                                                          : bytes(out, text);
}

bool write_json(Buffer &out, const fk_value &v, Strings strings) noexcept {
    switch (v.kind) {
    case FK_BOOL:
        return out.append(v.integer ? "true" : "false");
    case FK_INT:
        return integer(out, v.integer);
    case FK_DOUBLE:
        return number(out, v.number);
    case FK_STRING:
        return write_json_string(out, text_of(v), strings);
    case FK_ARRAY:
        return array(out, v, strings);
    case FK_OBJECT:
        return object(out, v, strings);
    default:
        return out.append("null");
    }
}

} // namespace fkvm
