// SPDX-License-Identifier: MIT
// C++ values to fk_value and back: how a type crosses.
//
// A type crosses if fk::Convert<T> is specialised for it. A struct names its fields (fields.hpp):
//     template <> struct fk::Convert<Card> : fk::ByFields<Card> {
//         static constexpr std::string_view name = "a card"; // for messages: "must be a card"
//         static constexpr std::tuple fields{fk::Field{"suit", &Card::suit},
//                                            fk::Field{"number", &Card::number}};
//     };
// Any other type has these members; without one of the functions it crosses one way only:
//     static constexpr std::string_view name = "a colour";
//     static bool from(const fk_value &value, T &out);       // false: value is something else
//     static fk_value to(const T &in, fk::Scratch &scratch); // may be a view into in and scratch
// Built in: bool, integers (range checked), floating point, strings, bytes, fk_value, fk::Value,
// and the containers of containers.hpp. Incoming types are default constructed first. Views
// (std::string_view, std::span, fk_value) live as long as the value they came from.
#pragma once

#include <fk/error.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fk {

// Memory for the arrays and objects of one conversion. Scalars and strings need none.
class Scratch {
  public:
    fk_value *items(size_t count) { return allocate<fk_value>(count); }
    fk_member *members(size_t count) { return allocate<fk_member>(count); }

  private:
    template <class T>
    T *allocate(size_t count) {
        if (count == 0) return nullptr;
        blocks_.push_back(std::make_unique<std::byte[]>(count * sizeof(T)));
        return reinterpret_cast<T *>(blocks_.back().get());
    }
    std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

namespace detail {

[[noreturn]] inline void too_large(const std::string &what, const char *than) {
    throw Error(FK_BAD_VALUE, "value cannot cross: " + what + " is more than " + than, true);
}

inline size_t check_size(size_t count) {
    if (count >= UINT32_MAX)
        too_large(std::to_string(count) + " bytes or items", "one value holds");
    return count;
}

} // namespace detail

// An owned value, as fk_vm_call hands out.
struct FreeValue {
    void operator()(fk_value *value) const noexcept { fk_value_free(value); }
};
using Value = std::unique_ptr<fk_value, FreeValue>;

// Why a value did not become a T: where in it, what was wanted there and what stood there.
struct Mismatch {
    std::string place; // "" or like [2].number
    std::string wanted, came;

    std::string text(const std::string &what) const {
        return what + place + " must be " + wanted + ", got " + came;
    }
};

template <class T>
struct Convert; // specialise it for types of your own

template <class T>
concept Outgoing = requires(const T &in, Scratch &scratch) {
    { Convert<T>::to(in, scratch) } -> std::same_as<fk_value>;
};

template <Outgoing T>
fk_value to_value(const T &in, Scratch &scratch) {
    return Convert<T>::to(in, scratch);
}
inline fk_value to_value(const char *text, Scratch &) { return FK_STR(text); }

// What a value is, in the words of messages.
inline std::string describe(const fk_value &value) {
    const auto count = [&](const char *what, const char *unit) {
        return what + std::to_string(value.size) + unit + (value.size == 1 ? "" : "s");
    };
    switch (value.kind) {
    case FK_NULL:
        return "null";
    case FK_BOOL:
        return value.integer ? "true" : "false";
    case FK_INT:
        return "the integer " + std::to_string(value.integer);
    case FK_DOUBLE:
        return "the float " + std::to_string(value.number);
    case FK_STRING:
        return count("a string of ", " byte");
    case FK_ARRAY:
        return count("an array of ", " item");
    default:
        return count("an object of ", " member");
    }
}

// An array or an object. The empty table of a script may be meant as either.
inline bool is_table(const fk_value &value, fk_kind kind) {
    return value.kind == kind ||
           (value.size == 0 && (value.kind == FK_ARRAY || value.kind == FK_OBJECT));
}

// Fills out. False: value is no T, and why says so.
template <class T>
bool from_value(const fk_value &value, T &out, Mismatch &why) {
    bool fits;
    if constexpr (requires { Convert<T>::from(value, out, why); })
        fits = Convert<T>::from(value, out, why);
    else
        fits = Convert<T>::from(value, out);
    if (!fits && why.wanted.empty()) {
        why.wanted = Convert<T>::name;
        why.came = describe(value);
    }
    return fits;
}

// The same where nobody asks why.
template <class T>
bool fits(const fk_value &value, T &out) {
    if constexpr (requires { Convert<T>::from(value, out); }) {
        return Convert<T>::from(value, out);
    } else {
        Mismatch why;
        return Convert<T>::from(value, out, why);
    }
}

// True for types that only point into the value they came from.
template <class T>
inline constexpr bool is_view = false;
template <>
inline constexpr bool is_view<std::string_view> = true;
template <>
inline constexpr bool is_view<fk_value> = true;
template <class T>
inline constexpr bool is_view<std::span<T>> = true;

} // namespace fk
