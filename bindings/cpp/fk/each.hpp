// SPDX-License-Identifier: MIT
// fk::Each - the first parameter of a host method that takes many calls in one (FK_METHOD_LIST).
#pragma once

#include <fk/convert.hpp>

#include <iterator>

namespace fk {

// What the first parameter of as many calls was, in their order; all else was the same in them. A
// view of items that fit T, each converted as it is looked at, without an allocation. Calls whose
// first parameter does not fit are refused, and take no others with them.
template <class T>
class Each {
  public:
    Each() = default;
    explicit Each(std::span<const fk_value> items) : items_(items) {}

    class Iterator {
      public:
        using difference_type = std::ptrdiff_t;
        using value_type = T;

        Iterator() = default;
        explicit Iterator(const fk_value *at) : at_(at) {}
        T operator*() const {
            T out{};
            fits(*at_, out);
            return out;
        }
        Iterator &operator++() { return ++at_, *this; }
        Iterator operator++(int) { return Iterator(at_++); }
        bool operator==(const Iterator &) const = default;

      private:
        const fk_value *at_ = nullptr;
    };

    size_t size() const { return items_.size(); }
    Iterator begin() const { return Iterator(items_.data()); }
    Iterator end() const { return Iterator(items_.data() + items_.size()); }

  private:
    std::span<const fk_value> items_;
};

template <class T>
inline constexpr bool is_view<Each<T>> = true;

template <class T>
struct Convert<Each<T>> {
    static constexpr std::string_view name = Convert<T>::name; // messages speak of the item
    static bool from(const fk_value &value, Each<T> &out) {
        if (value.kind != FK_ARRAY) return false;
        out = Each<T>({value.items, value.size});
        return true;
    }
};

} // namespace fk
