// SPDX-License-Identifier: MIT
// Objects whose only name begins with '$': what JSON alone cannot say.
#include "base/base64.h"
#include "json_parser.h"
#include "value.h"

#include <charconv>
#include <limits>

namespace fkvm {

bool JsonParser::resolve_tag(const char *where, const fk_member &only, fk_value *out) noexcept {
    const std::string_view tag = text_of(only.name);
    if (tag == "$bytes") return tagged_bytes(where, only.value, out);
    if (tag == "$int") return tagged_int(where, only.value, out);
    if (tag == "$float") return tagged_float(where, only.value, out);
    if (tag == "$object" && only.value.kind == FK_OBJECT) {
        *out = only.value;
        return true;
    }
    return fail_at(where,
                   tag == "$object"
                       ? "$object holds no object"
                       : "an unknown tag: wrap an object whose only name begins with $ in $object");
}

bool JsonParser::tagged_bytes(const char *where, const fk_value &text, fk_value *out) noexcept {
    if (text.kind != FK_STRING) return fail_at(where, "$bytes holds no string");
    char *bytes = arena_.array<char>(text.size / 4 * 3);
    if (!bytes) return out_of_memory();
    size_t size;
    if (!base64_decode(text_of(text), bytes, &size))
        return fail_at(where, "$bytes holds no base64");
    *out = FK_BYTES(bytes, size);
    return true;
}

bool JsonParser::tagged_int(const char *where, const fk_value &text, fk_value *out) noexcept {
    if (text.kind != FK_STRING) return fail_at(where, "$int holds no string");
    const std::string_view s = text_of(text);
    const std::string_view magnitude = s.substr(s.starts_with('-') ? 1 : 0);
    int64_t i = 0;
    const auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), i);
    const bool canonical = !magnitude.empty() && (magnitude[0] != '0' || s == "0");
    if (ec != std::errc() || end != s.data() + s.size() || !canonical)
        return fail_at(where, "$int holds no integer of 64 bits");
    *out = FK_INT(i);
    return true;
}

bool JsonParser::tagged_float(const char *where, const fk_value &text, fk_value *out) noexcept {
    const std::string_view s = text.kind == FK_STRING ? text_of(text) : std::string_view();
    constexpr double inf = std::numeric_limits<double>::infinity();
    if (s == "inf")
        *out = FK_DOUBLE(inf);
    else if (s == "-inf")
        *out = FK_DOUBLE(-inf);
    else if (s == "nan")
        *out = FK_DOUBLE(std::numeric_limits<double>::quiet_NaN());
    else
        return fail_at(where, "$float holds none of inf, -inf, nan");
    return true;
}

} // namespace fkvm
