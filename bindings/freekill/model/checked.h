// SPDX-License-Identifier: MIT
// A member function as a host method of FreeKill's table. One that the table does not have, or has
// with another kind or other parameters, does not compile.
#pragma once

#include "method_table.h"

#include <fk/bind.hpp>

#include <algorithm>
#include <iterator>

namespace fkvm {

template <size_t size>
struct MethodName {
    consteval MethodName(const char (&given)[size]) { std::copy_n(given, size, text); }
    constexpr std::string_view view() const { return {text, size - 1}; }
    char text[size];
};

// Without a name: there is none.
constexpr MethodRow find_row(std::string_view name) {
    for (const MethodRow &row : method_table)
        if (row.name == name) return row;
    return {};
}

// Whether a C++ parameter takes what the table calls `type`. Those of a type that scripts fill with
// anything are strings here: scripts of FreeKill give nothing else.
template <class T>
constexpr bool takes(std::string_view type) {
    if (type == "int") return std::is_same_v<T, int> || std::is_same_v<T, fk::Each<int>>;
    if (type == "number") return std::is_same_v<T, double>;
    if (type == "number?") return std::is_same_v<T, std::optional<double>>;
    if (type == "bool") return std::is_same_v<T, bool>;
    constexpr bool text = std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string>;
    if (type == "text") return text || std::is_same_v<T, std::span<const std::byte>>;
    return text && (type == "string" || type == "value");
}

// The first word of words, which are cut by it.
constexpr std::string_view next_word(std::string_view &words) {
    const size_t end = std::min(words.find(' '), words.size());
    const std::string_view word = words.substr(0, end);
    words.remove_prefix(std::min(end + 1, words.size()));
    return word;
}

// A request has an answer: a result, or one that the function gives to the fk_request. What the
// table calls a notification has a result only by the fk_request, for scripts that wait all the
// same.
template <auto member>
struct HostMethod;
template <class Methods, class R, class... A, R (Methods::*member)(A...) const>
struct HostMethod<member> {
    static constexpr bool sees_request = (std::is_same_v<A, fk_request *> || ...);

    static constexpr bool fits(const MethodRow &row) {
        std::string_view types = row.params;
        const auto fits_one = [&]<class T>(std::type_identity<T>) {
            if (std::is_same_v<T, fk_request *>) return true;
            return !types.empty() && takes<std::remove_cvref_t<T>>(next_word(types));
        };
        const bool all = (fits_one(std::type_identity<A>{}) && ...);
        const bool answers = !std::is_void_v<R>;
        return all && types.empty() &&
               (sees_request || answers == (row.kind == MethodKind::Request));
    }

    R operator()(A... params) const { return (methods.*member)(std::forward<A>(params)...); }
    Methods methods;
};

template <MethodName method, auto member>
struct Checked {
    static constexpr std::string_view name = method.view();
    static constexpr MethodRow row = find_row(name);
    static_assert(!row.name.empty(),
                  "bindings/freekill/methods.lua has no host method of that name");
    static_assert(row.name.empty() || HostMethod<member>::fits(row),
                  "bindings/freekill/methods.lua has another kind or other parameters for it");
    using Callable = HostMethod<member>;
};

template <class... Entries>
constexpr bool has_all() {
    return std::all_of(std::begin(method_table), std::end(method_table), [](const MethodRow &row) {
        return ((Entries::name == row.name) + ... + 0) == 1;
    });
}

// A server's host methods: all of the table, each once.
template <class... Entries>
struct MethodSet {
    static_assert(has_all<Entries...>(),
                  "a host method of bindings/freekill/methods.lua is missing, or there twice");

    template <class Methods, class Visit>
    static void each(const Methods &methods, Visit visit) {
        (visit(Entries::name, typename Entries::Callable{methods}), ...);
    }
};

} // namespace fkvm
