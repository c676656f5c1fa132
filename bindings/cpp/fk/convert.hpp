// SPDX-License-Identifier: MIT
// C++ values to fk_value and back.
//
// A type crosses if fk::Convert<T> is specialised for it, with three static members:
//     static constexpr std::string_view name = "a card";                 // for messages: "expected a card"
//     static bool from(const fk_value &value, T &out);                   // false: value is something else
//     static fk_value to(const T &in, fk::Scratch &scratch);             // views into in and scratch
// Built in: bool, integers (range checked), floating point, std::string, std::string_view, C strings,
// std::span<const std::byte>, fk_value, std::optional, std::vector, std::map<std::string, T>, std::tuple,
// std::nullptr_t. Views (string_view, span, fk_value) live as long as the value they came from.
#pragma once

#include <fk_vm.h>

#include <concepts>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace fk {

// Memory for the arrays and objects of one conversion. Scalars and strings need none.
class Scratch {
  public:
    fk_value *items(size_t count) { return allocate<fk_value>(count); }
    fk_member *members(size_t count) { return allocate<fk_member>(count); }

  private:
    template <class T> T *allocate(size_t count) {
        blocks_.push_back(std::make_unique<std::byte[]>(count * sizeof(T)));
        return reinterpret_cast<T *>(blocks_.back().get());
    }
    std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

template <class T> struct Convert; // specialise it for types of your own

template <class T>
concept Crosses = requires(const fk_value &value, T &out, const T &in, Scratch &scratch) {
    { Convert<T>::from(value, out) } -> std::same_as<bool>;
    { Convert<T>::to(in, scratch) } -> std::same_as<fk_value>;
};

template <class T> fk_value to_value(const T &in, Scratch &scratch) { return Convert<T>::to(in, scratch); }
inline fk_value to_value(const char *text, Scratch &) { return FK_STR(text); }

// What a value is, in the words of messages.
inline std::string describe(const fk_value &value) {
    switch (value.type) {
    case FK_NULL: return "null";
    case FK_BOOL: return value.as.integer ? "true" : "false";
    case FK_INT: return "the integer " + std::to_string(value.as.integer);
    case FK_DOUBLE: return "the float " + std::to_string(value.as.number);
    case FK_STRING: return "a string of " + std::to_string(value.size) + " bytes";
    case FK_ARRAY: return "an array of " + std::to_string(value.size);
    default: return "an object";
    }
}

template <> struct Convert<bool> {
    static constexpr std::string_view name = "a bool";
    static bool from(const fk_value &value, bool &out) {
        out = value.as.integer != 0;
        return value.type == FK_BOOL;
    }
    static fk_value to(bool in, Scratch &) { return FK_BOOL(in); }
};

template <std::integral T> struct Convert<T> {
    static constexpr std::string_view name = sizeof(T) == 8   ? "an integer"
                                             : sizeof(T) == 4 ? "an integer of 32 bits"
                                             : sizeof(T) == 2 ? "an integer of 16 bits"
                                                              : "an integer of 8 bits";
    static bool from(const fk_value &value, T &out) {
        if (value.type != FK_INT || !std::in_range<T>(value.as.integer)) return false;
        out = static_cast<T>(value.as.integer);
        return true;
    }
    static fk_value to(T in, Scratch &) { return FK_INT(in); }
};

template <std::floating_point T> struct Convert<T> {
    static constexpr std::string_view name = "a number";
    static bool from(const fk_value &value, T &out) {
        out = static_cast<T>(value.type == FK_INT ? static_cast<double>(value.as.integer) : value.as.number);
        return value.type == FK_DOUBLE || value.type == FK_INT;
    }
    static fk_value to(T in, Scratch &) { return FK_DOUBLE(static_cast<double>(in)); }
};

template <> struct Convert<std::string_view> {
    static constexpr std::string_view name = "a string";
    static bool from(const fk_value &value, std::string_view &out) {
        if (value.type != FK_STRING) return false;
        out = {value.as.string, value.size};
        return true;
    }
    static fk_value to(std::string_view in, Scratch &) { return FK_BYTES(in.data(), in.size()); }
};

template <> struct Convert<std::string> {
    static constexpr std::string_view name = "a string";
    static bool from(const fk_value &value, std::string &out) {
        if (value.type != FK_STRING) return false;
        out.assign(value.as.string ? value.as.string : "", value.size);
        return true;
    }
    static fk_value to(const std::string &in, Scratch &) { return FK_BYTES(in.data(), in.size()); }
};

template <> struct Convert<std::span<const std::byte>> {
    static constexpr std::string_view name = "bytes";
    static bool from(const fk_value &value, std::span<const std::byte> &out) {
        if (value.type != FK_STRING) return false;
        out = {reinterpret_cast<const std::byte *>(value.as.string), value.size};
        return true;
    }
    static fk_value to(std::span<const std::byte> in, Scratch &) { return FK_BYTES(in.data(), in.size()); }
};

template <> struct Convert<fk_value> {
    static constexpr std::string_view name = "a value";
    static bool from(const fk_value &value, fk_value &out) {
        out = value;
        return true;
    }
    static fk_value to(const fk_value &in, Scratch &) { return in; }
};

template <> struct Convert<std::nullptr_t> {
    static constexpr std::string_view name = "null";
    static bool from(const fk_value &value, std::nullptr_t &) { return value.type == FK_NULL; }
    static fk_value to(std::nullptr_t, Scratch &) { return FK_NIL; }
};

template <class T> struct Convert<std::optional<T>> {
    static constexpr std::string_view name = Convert<T>::name;
    static bool from(const fk_value &value, std::optional<T> &out) {
        if (value.type == FK_NULL) return out.reset(), true;
        return Convert<T>::from(value, out.emplace());
    }
    static fk_value to(const std::optional<T> &in, Scratch &scratch) { return in ? to_value(*in, scratch) : FK_NIL; }
};

template <class T> struct Convert<std::vector<T>> {
    static constexpr std::string_view name = "an array";
    static bool from(const fk_value &value, std::vector<T> &out) {
        if (value.type != FK_ARRAY) return false;
        out.resize(value.size);
        for (uint32_t i = 0; i < value.size; i++) {
            T item{};
            if (!Convert<T>::from(value.as.items[i], item)) return false;
            out[i] = std::move(item);
        }
        return true;
    }
    static fk_value to(const std::vector<T> &in, Scratch &scratch) {
        fk_value *const items = scratch.items(in.size());
        for (size_t i = 0; i < in.size(); i++) items[i] = to_value(static_cast<const T &>(in[i]), scratch);
        return FK_ITEMS(items, in.size());
    }
};

template <class T> struct Convert<std::map<std::string, T>> {
    static constexpr std::string_view name = "an object";
    static bool from(const fk_value &value, std::map<std::string, T> &out) {
        if (value.type != FK_OBJECT) return false;
        for (uint32_t i = 0; i < value.size; i++) {
            const fk_member &member = value.as.members[i];
            T item{};
            if (!Convert<T>::from(member.value, item)) return false;
            out.insert_or_assign(std::string(member.name.as.string, member.name.size), std::move(item));
        }
        return true;
    }
    static fk_value to(const std::map<std::string, T> &in, Scratch &scratch) {
        fk_member *const members = scratch.members(in.size());
        size_t i = 0;
        for (const auto &[name, item] : in) members[i++] = {FK_BYTES(name.data(), name.size()), to_value(item, scratch)};
        return FK_MEMBERS(members, in.size());
    }
};

template <class... T> struct Convert<std::tuple<T...>> {
    static constexpr std::string_view name = "an array of fixed length";
    static bool from(const fk_value &value, std::tuple<T...> &out) {
        if (value.type != FK_ARRAY || value.size != sizeof...(T)) return false;
        uint32_t i = 0;
        return std::apply([&](T &...item) { return (Convert<T>::from(value.as.items[i++], item) && ...); }, out);
    }
    static fk_value to(const std::tuple<T...> &in, Scratch &scratch) {
        fk_value *const items = scratch.items(sizeof...(T));
        size_t i = 0;
        std::apply([&](const T &...item) { ((items[i++] = to_value(item, scratch)), ...); }, in);
        return FK_ITEMS(items, sizeof...(T));
    }
};

} // namespace fk
