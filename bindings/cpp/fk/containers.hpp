// SPDX-License-Identifier: MIT
// Containers that cross: std::optional, std::vector, std::map with names, std::tuple.
#pragma once

#include <fk/scalars.hpp>

#include <map>
#include <optional>
#include <tuple>

namespace fk {

template <class T>
inline constexpr bool is_view<std::optional<T>> = is_view<T>;
template <class T>
inline constexpr bool is_view<std::vector<T>> = is_view<T>;
template <class T>
inline constexpr bool is_view<std::map<std::string, T>> = is_view<T>;
template <class... T>
inline constexpr bool is_view<std::tuple<T...>> = (is_view<T> || ...);

namespace detail {

inline std::string place_of(size_t index) { return "[" + std::to_string(index) + "]"; }
inline std::string place_of(std::string_view name) { return "." + std::string(name); }

// from_value for a part of a container: why gets its place.
template <class T, class Place>
bool part(const fk_value &value, T &out, Mismatch &why, Place place) {
    if (from_value(value, out, why)) return true;
    why.place.insert(0, place_of(place));
    return false;
}

} // namespace detail

template <class T>
struct Convert<std::optional<T>> {
    static constexpr std::string_view name = Convert<T>::name;
    static bool from(const fk_value &value, std::optional<T> &out, Mismatch &why) {
        out.reset();
        return value.kind == FK_NULL || from_value(value, out.emplace(), why);
    }
    static fk_value to(const std::optional<T> &in, Scratch &scratch) {
        return in ? to_value(*in, scratch) : FK_NIL;
    }
};

template <class T>
struct Convert<std::vector<T>> {
    static constexpr std::string_view name = "an array";
    static bool from(const fk_value &value, std::vector<T> &out, Mismatch &why) {
        if (!is_table(value, FK_ARRAY)) return false;
        out.clear();
        out.reserve(value.size);
        for (uint32_t i = 0; i < value.size; i++) {
            T item{};
            if (!detail::part(value.items[i], item, why, size_t{i})) return false;
            out.push_back(std::move(item));
        }
        return true;
    }
    static fk_value to(const std::vector<T> &in, Scratch &scratch) {
        fk_value *const items = scratch.items(detail::check_size(in.size()));
        for (size_t i = 0; i < in.size(); i++)
            items[i] = to_value(static_cast<const T &>(in[i]), scratch);
        return FK_ITEMS(items, in.size());
    }
};

template <>
struct Convert<std::vector<std::byte>> {
    static constexpr std::string_view name = "bytes";
    static bool from(const fk_value &value, std::vector<std::byte> &out) {
        if (value.kind != FK_STRING) return false;
        const auto *bytes = reinterpret_cast<const std::byte *>(value.string);
        out.assign(bytes, bytes + value.size);
        return true;
    }
    static fk_value to(const std::vector<std::byte> &in, Scratch &) {
        return FK_BYTES(in.data(), detail::check_size(in.size()));
    }
};

template <class T>
struct Convert<std::map<std::string, T>> {
    static constexpr std::string_view name = "an object";
    static bool from(const fk_value &value, std::map<std::string, T> &out, Mismatch &why) {
        if (!is_table(value, FK_OBJECT)) return false;
        out.clear();
        for (uint32_t i = 0; i < value.size; i++) {
            const fk_member &member = value.members[i];
            const std::string_view key(member.name.string, member.name.size);
            T item{};
            if (!detail::part(member.value, item, why, key)) return false;
            out.emplace(key, std::move(item));
        }
        return true;
    }
    static fk_value to(const std::map<std::string, T> &in, Scratch &scratch) {
        fk_member *const members = scratch.members(detail::check_size(in.size()));
        size_t i = 0;
        for (const auto &[key, item] : in)
            members[i++] = {to_value(key, scratch), to_value(item, scratch)};
        return FK_MEMBERS(members, in.size());
    }
};

// An array of this many items. Trailing std::optional ones may be missing, since Lua keeps no
// trailing nil.
template <class... T>
struct Convert<std::tuple<T...>> {
    static constexpr std::string_view name = "an array";
    static bool from(const fk_value &value, std::tuple<T...> &out, Mismatch &why) {
        if (!is_table(value, FK_ARRAY) || value.size > sizeof...(T)) {
            why.wanted = "an array of " + std::to_string(sizeof...(T));
            why.came = describe(value);
            return false;
        }
        static constexpr fk_value missing{};
        uint32_t i = 0;
        const auto item = [&](auto &to) {
            const uint32_t at = i++;
            return detail::part(at < value.size ? value.items[at] : missing, to, why, size_t{at});
        };
        return std::apply([&](T &...to) { return (item(to) && ...); }, out);
    }
    static fk_value to(const std::tuple<T...> &in, Scratch &scratch) {
        fk_value *const items = scratch.items(sizeof...(T));
        size_t i = 0;
        std::apply([&](const T &...item) { ((items[i++] = to_value(item, scratch)), ...); }, in);
        return FK_ITEMS(items, sizeof...(T));
    }
};

} // namespace fk
