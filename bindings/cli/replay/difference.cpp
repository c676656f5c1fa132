// SPDX-License-Identifier: MIT
// Where two values differ.
#include "difference.h"

#include "json.h"

#include <algorithm>

namespace cli {

namespace {

// Where the walk stands: a list on its stack, so that a path costs nothing until it is needed.
struct Place {
    const Place *parent;   // nullptr at the root
    std::string_view name; // of the member, or of the root; none for an item
    uint32_t index;        // of the item

    std::string path() const;
};

bool is_identifier(std::string_view name) {
    const auto fits = [](char c) {
        return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z');
    };
    return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
           std::all_of(name.begin(), name.end(), fits);
}

std::string Place::path() const {
    if (!parent) return std::string(name);
    if (!name.data()) return parent->path() + "[" + std::to_string(index) + "]";
    return parent->path() +
           (is_identifier(name) ? "." + std::string(name) : "[\"" + std::string(name) + "\"]");
}

std::string cut(std::string text, size_t longest) {
    if (text.size() <= longest) return text;
    while (longest > 0 && (text[longest] & 0xc0) == 0x80) longest--;
    return text.substr(0, longest) + "...";
}

// Of a long string what is around the byte `at`, beginning and ending between characters.
std::string around(std::string_view text, size_t at) {
    const size_t before = 20, after = 60;
    const auto boundary = [&](size_t offset) {
        while (offset < text.size() && (text[offset] & 0xc0) == 0x80) offset++;
        return offset;
    };
    const size_t begin = at > before ? boundary(at - before) : 0,
                 end = std::min(boundary(at + after), text.size());
    const std::string part = json_of(text.substr(begin, end - begin));
    return (begin ? "..." : "") + part + (end < text.size() ? "..." : "");
}

Difference of_strings(const fk_value &expected, const fk_value &got, const Place &place) {
    const std::string_view a = view_of(expected), b = view_of(got);
    const size_t longest_whole = 80;
    if (std::max(a.size(), b.size()) <= longest_whole)
        return {place.path(), json_of(a), json_of(b)};
    const size_t at = static_cast<size_t>(
        std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
    return {place.path() + ", byte " + std::to_string(at), around(a, at), around(b, at)};
}

Difference find(const fk_value &expected, const fk_value &got, const Place &place);

Difference of_arrays(const fk_value &expected, const fk_value &got, const Place &place) {
    for (uint32_t i = 0; i < std::min(expected.size, got.size); i++)
        if (Difference found = find(expected.items[i], got.items[i], {&place, {}, i})) return found;
    return {place.path(), std::to_string(expected.size) + " items",
            std::to_string(got.size) + " items"};
}

Difference of_objects(const fk_value &expected, const fk_value &got, const Place &place) {
    const auto member = [](const fk_value &object, const fk_value &name) -> const fk_value * {
        for (uint32_t i = 0; i < object.size; i++)
            if (view_of(object.members[i].name) == view_of(name)) return &object.members[i].value;
        return nullptr;
    };
    for (uint32_t i = 0; i < expected.size; i++) {
        const auto &[name, value] = expected.members[i];
        const Place here{&place, view_of(name), 0};
        const fk_value *other = member(got, name);
        if (!other) return {here.path(), shortened(value), "nothing"};
        if (Difference found = find(value, *other, here)) return found;
    }
    for (uint32_t i = 0; i < got.size; i++) {
        const auto &[name, value] = got.members[i];
        if (!member(expected, name))
            return {Place{&place, view_of(name), 0}.path(), "nothing", shortened(value)};
    }
    return {};
}

Difference find(const fk_value &expected, const fk_value &got, const Place &place) {
    if (fk_value_equal(&expected, &got)) return {};
    if (expected.kind != got.kind) return {place.path(), shortened(expected), shortened(got)};
    switch (expected.kind) {
    case FK_STRING:
        return of_strings(expected, got, place);
    case FK_ARRAY:
        return of_arrays(expected, got, place);
    case FK_OBJECT:
        return of_objects(expected, got, place);
    default:
        return {place.path(), json_of(expected), json_of(got)};
    }
}

} // namespace

std::string shortened(const fk_value &value, size_t longest) {
    return cut(json_of(value), longest);
}

Difference find_difference(const fk_value &expected, const fk_value &got, const char *root) {
    return find(expected, got, {nullptr, root, 0});
}

} // namespace cli
