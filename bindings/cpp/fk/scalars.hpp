// SPDX-License-Identifier: MIT
// Scalars, strings and values that cross.
#pragma once

#include <fk/convert.hpp>

namespace fk {

template <>
struct Convert<bool> {
    static constexpr std::string_view name = "a bool";
    static bool from(const fk_value &value, bool &out) {
        out = value.integer != 0;
        return value.kind == FK_BOOL;
    }
    static fk_value to(bool in, Scratch &) { return FK_BOOL(in); }
};

// Characters are none: 'x' could be meant as a string.
template <class T>
inline constexpr bool is_character = false;
template <>
inline constexpr bool is_character<char> = true;
template <>
inline constexpr bool is_character<wchar_t> = true;
template <>
inline constexpr bool is_character<char8_t> = true;
template <>
inline constexpr bool is_character<char16_t> = true;
template <>
inline constexpr bool is_character<char32_t> = true;
template <class T>
concept Integer = std::integral<T> && !is_character<T> && !std::same_as<T, bool>;

template <Integer T>
struct Convert<T> {
    static constexpr std::string_view name = sizeof(T) == 8   ? "an integer"
                                             : sizeof(T) == 4 ? "an integer of 32 bits"
                                             : sizeof(T) == 2 ? "an integer of 16 bits"
                                                              : "an integer of 8 bits";
    static bool from(const fk_value &value, T &out) {
        if (value.kind != FK_INT || !std::in_range<T>(value.integer)) return false;
        out = static_cast<T>(value.integer);
        return true;
    }
    static fk_value to(T in, Scratch &) {
        if (!std::in_range<int64_t>(in))
            detail::too_large(std::to_string(in), "a signed integer of 64 bits holds");
        return FK_INT(in);
    }
};

template <std::floating_point T>
struct Convert<T> {
    static constexpr std::string_view name = "a number";
    static bool from(const fk_value &value, T &out) {
        out = static_cast<T>(value.kind == FK_INT ? static_cast<double>(value.integer)
                                                  : value.number);
        return value.kind == FK_DOUBLE || value.kind == FK_INT;
    }
    static fk_value to(T in, Scratch &) { return FK_DOUBLE(static_cast<double>(in)); }
};

template <>
struct Convert<std::string_view> {
    static constexpr std::string_view name = "a string";
    static bool from(const fk_value &value, std::string_view &out) {
        if (value.kind != FK_STRING) return false;
        out = {value.string, value.size};
        return true;
    }
    static fk_value to(std::string_view in, Scratch &) {
        return FK_BYTES(in.data(), detail::check_size(in.size()));
    }
};

template <>
struct Convert<std::string> {
    static constexpr std::string_view name = "a string";
    static bool from(const fk_value &value, std::string &out) {
        if (value.kind != FK_STRING) return false;
        out.assign(value.size ? value.string : "", value.size);
        return true;
    }
    static fk_value to(const std::string &in, Scratch &scratch) {
        return Convert<std::string_view>::to(in, scratch);
    }
};

template <>
struct Convert<std::span<const std::byte>> {
    static constexpr std::string_view name = "bytes";
    static bool from(const fk_value &value, std::span<const std::byte> &out) {
        if (value.kind != FK_STRING) return false;
        out = {reinterpret_cast<const std::byte *>(value.string), value.size};
        return true;
    }
    static fk_value to(std::span<const std::byte> in, Scratch &) {
        return FK_BYTES(in.data(), detail::check_size(in.size()));
    }
};

template <>
struct Convert<fk_value> {
    static constexpr std::string_view name = "a value";
    static bool from(const fk_value &value, fk_value &out) {
        out = value;
        return true;
    }
    static fk_value to(const fk_value &in, Scratch &) { return in; }
};

// A copy of any value; none is null.
template <>
struct Convert<Value> {
    static constexpr std::string_view name = "a value";
    static bool from(const fk_value &value, Value &out) {
        fk_value *copy = nullptr;
        check(fk_value_copy(&value, &copy));
        out.reset(copy);
        return true;
    }
    static fk_value to(const Value &in, Scratch &) { return in ? *in : FK_NIL; }
};

template <>
struct Convert<std::nullptr_t> {
    static constexpr std::string_view name = "null";
    static bool from(const fk_value &value, std::nullptr_t &) { return value.kind == FK_NULL; }
    static fk_value to(std::nullptr_t, Scratch &) { return FK_NIL; }
};

} // namespace fk
