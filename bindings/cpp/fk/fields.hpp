// SPDX-License-Identifier: MIT
// Structs that cross as objects, by naming their fields once (see convert.hpp).
#pragma once

#include <fk/containers.hpp>

namespace fk {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T, class M>
struct Field {
    const char *name;
    M T::*member;
};
template <class T, class M>
Field(const char *, M T::*) -> Field<T, M>; // clang 14 finds none itself

// What Convert<T> inherits; it adds `fields`. Members that no field names are ignored; a
// std::optional field may be missing, any other must be there.
template <class T>
struct ByFields {
    static constexpr std::string_view name = "an object";

    static bool from(const fk_value &value, T &out, Mismatch &why) {
        if (!is_table(value, FK_OBJECT)) return false;
        return std::apply(
            [&](const auto &...field) { return (take(value, field, out, why) && ...); },
            Convert<T>::fields);
    }

    static fk_value to(const T &in, Scratch &scratch) {
        constexpr size_t count =
            std::tuple_size_v<std::remove_cvref_t<decltype(Convert<T>::fields)>>;
        fk_member *const members = scratch.members(count);
        size_t i = 0;
        std::apply(
            [&](const auto &...field) {
                ((members[i++] = {FK_STR(field.name), to_value(in.*field.member, scratch)}), ...);
            },
            Convert<T>::fields);
        return FK_MEMBERS(members, count);
    }

  private:
    template <class M>
    static bool take(const fk_value &value, const Field<T, M> &field, T &out, Mismatch &why) {
        const fk_value *const member = fk_value_member(&value, field.name);
        if (member)
            return detail::part(*member, out.*field.member, why, std::string_view(field.name));
        if constexpr (is_optional<M>) return (out.*field.member).reset(), true;
        why = {detail::place_of(std::string_view(field.name)), std::string(Convert<M>::name),
               "nothing"};
        return false;
    }
};

} // namespace fk
