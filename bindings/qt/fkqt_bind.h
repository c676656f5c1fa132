// SPDX-License-Identifier: MIT
// Callables as host methods of a FkVm: their params are converted by their own signature. C++17 is
// enough. fkqt.h has the rules; programs include that.
#pragma once

#include <fk_vm.h>

#include <QByteArray>
#include <QMetaType>
#include <QString>
#include <QVariant>

#include <optional>
#include <tuple>
#include <type_traits>
#include <vector>

// What a host method may throw: the script gets an error with this code and text.
struct FkFailure {
    int code = FK_CODE_INTERNAL;
    QString message;
};

// Why a value did not become what was wanted: where in it, and what stood there.
struct FkMismatch {
    QString place; // "" or like [2].number
    QString wanted, came;
};

// Fills out, a default constructed object of this type. False: value is none, and why, if it is not
// nullptr, says so.
bool fkConvert(const fk_value &value, QMetaType type, void *out, FkMismatch *why = nullptr);

// A host method as FkVm keeps it.
class FkBound {
  public:
    FkBound() = default;
    FkBound(const FkBound &) = delete;
    FkBound &operator=(const FkBound &) = delete;
    virtual ~FkBound();
    virtual fk_status call(fk_request *request, const fk_value &params) = 0; // may throw

    QByteArray name;
    uint32_t flags = 0; // of fk_method
};

// One call's params as positions, whichever way they came. What does not fit is a FkFailure that
// names the parameter.
class FkParams {
  public:
    FkParams(fk_request *request, const fk_value &params);

    fk_request *request() const { return request_; }
    const fk_value *items() const { return items_; }
    size_t count() const { return count_; }
    bool has(size_t index) const { return index < count_ && items_[index].kind != FK_NULL; }

    void expectAtMost(size_t most) const; // nulls beyond it are as good as none
    void take(size_t index, QMetaType type, void *out) const {
        if (index >= count_ || !fkConvert(items_[index], type, out)) refuse(index, type);
    }
    [[noreturn]] void refuse(size_t index, QMetaType type) const;
    fk_status reply(QMetaType type, const void *result) const;

  private:
    fk_request *request_;
    const fk_value *items_ = nullptr;
    size_t count_ = 0;
};

#if __cplusplus >= 202002L && __has_include(<fk/each.hpp>)
#include <fk/each.hpp>
#include <fk/scalars.hpp>
#else
// What the first parameter of as many calls was, in their order; all else was the same in them
// (FK_METHOD_LIST). Calls whose first parameter does not fit T are refused, and take no others with
// them.
template <class T>
class FkEach {
  public:
    FkEach() = default;
    FkEach(const fk_value *items, size_t count) : items_(items), count_(count) {}

    class Iterator {
      public:
        explicit Iterator(const fk_value *at) : at_(at) {}
        T operator*() const {
            T out{};
            fkConvert(*at_, QMetaType::fromType<T>(), &out);
            return out;
        }
        Iterator &operator++() { return ++at_, *this; }
        bool operator==(const Iterator &other) const { return at_ == other.at_; }
        bool operator!=(const Iterator &other) const { return at_ != other.at_; }

      private:
        const fk_value *at_;
    };

    size_t size() const { return count_; }
    Iterator begin() const { return Iterator(items_); }
    Iterator end() const { return Iterator(items_ + count_); }

  private:
    const fk_value *items_ = nullptr;
    size_t count_ = 0;
};

namespace fk {
template <class T>
using Each = FkEach<T>; // the same name as in C++20
}
#endif

namespace FkDetail {

template <class F, class = void>
struct Signature : std::false_type {};
template <class R, class... A>
struct Signature<R (*)(A...), void> : std::true_type {
    using Result = R;
    using Declared = std::tuple<A...>; // never made, only looked into
    using Params = std::tuple<std::decay_t<A>...>;
};
template <class R, class... A>
struct Signature<R (*)(A...) noexcept, void> : Signature<R (*)(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...), void> : Signature<R (*)(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const, void> : Signature<R (*)(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) noexcept, void> : Signature<R (*)(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const noexcept, void> : Signature<R (*)(A...)> {};
template <class F>
struct Signature<F, std::void_t<decltype(&F::operator())>> : Signature<decltype(&F::operator())> {};

// How a parameter is filled, and how many params of the script it takes.
template <class T>
struct Param {
    static constexpr size_t count = 1;
    static void take(const FkParams &params, size_t index, T &out) {
        params.take(index, QMetaType::fromType<T>(), &out);
    }
};
template <class T>
struct Param<std::optional<T>> : Param<T> {
    static void take(const FkParams &params, size_t index, std::optional<T> &out) {
        if (params.has(index)) Param<T>::take(params, index, out.emplace());
    }
};
template <>
struct Param<fk_request *> {
    static constexpr size_t count = 0;
    static void take(const FkParams &params, size_t, fk_request *&out) { out = params.request(); }
};
template <class T>
struct Param<fk::Each<T>> : Param<T> {
    static void take(const FkParams &params, size_t index, fk::Each<T> &out) {
        if (index >= params.count() || params.items()[index].kind != FK_ARRAY)
            params.refuse(index, QMetaType::fromType<T>());
        const fk_value &list = params.items()[index];
        out = fk::Each<T>({list.items, list.size});
    }
};

template <class T>
struct EachItem {
    using Type = void;
};
template <class T>
struct EachItem<fk::Each<T>> {
    using Type = T;
};
template <class Params>
struct FirstItem {
    using Type = void;
};
template <class First, class... T>
struct FirstItem<std::tuple<First, T...>> : EachItem<First> {};
template <class... T>
struct FirstItem<std::tuple<fk_request *, T...>> : FirstItem<std::tuple<T...>> {};

// Of a callable's parameters: how many params of the script those before index I take.
template <class Params, size_t... I>
constexpr size_t countBefore(std::index_sequence<I...>) {
    return (size_t{0} + ... + Param<std::tuple_element_t<I, Params>>::count);
}

template <class F>
class Callable final : public FkBound {
    using Declared = typename Signature<F>::Declared;
    using Params = typename Signature<F>::Params;
    using Result = typename Signature<F>::Result;
    static constexpr bool isEach = !std::is_void_v<typename FirstItem<Params>::Type>;
    using Item = std::conditional_t<isEach, typename FirstItem<Params>::Type, int>;
    static constexpr size_t size = std::tuple_size_v<Params>;
    template <size_t I>
    static constexpr size_t position = countBefore<Params>(std::make_index_sequence<I>{});

  public:
    explicit Callable(F &&function) : function_(std::move(function)) {
        if (isEach) flags = FK_METHOD_LIST;
    }

    fk_status call(fk_request *request, const fk_value &params) override {
        const FkParams arrived(request, params);
        arrived.expectAtMost(position<size>);
        if (isEach && arrived.count() && arrived.items()[0].kind == FK_ARRAY)
            return callEach(arrived);
        return invoke(arrived, std::make_index_sequence<size>{});
    }

  private:
    template <size_t... I>
    fk_status invoke(const FkParams &arrived, std::index_sequence<I...>) {
        Params values{};
        (Param<std::tuple_element_t<I, Params>>::take(arrived, position<I>, std::get<I>(values)),
         ...);
        if constexpr (std::is_void_v<Result>) {
            function_(static_cast<std::tuple_element_t<I, Declared> &&>(std::get<I>(values))...);
            return FK_OK;
        } else {
            return reply(arrived, function_(static_cast<std::tuple_element_t<I, Declared> &&>(
                                      std::get<I>(values))...));
        }
    }

    template <class R>
    static fk_status reply(const FkParams &arrived, const R &result) {
        if constexpr (std::is_same_v<R, const char *>)
            return reply(arrived, QString::fromUtf8(result));
        else
            return arrived.reply(QMetaType::fromType<R>(), &result);
    }
    template <class R>
    static fk_status reply(const FkParams &arrived, const std::optional<R> &result) {
        return result ? reply(arrived, *result) : reply(arrived, nullptr);
    }

    // Of calls that came in one, those whose first param does not fit are refused, the others run.
    fk_status callEach(const FkParams &arrived) {
        const fk_value list = arrived.items()[0];
        const fk_value *misfit = nullptr;
        std::vector<fk_value> fitting;
        for (uint32_t i = 0; i < list.size; i++) {
            const fk_value &item = list.items[i];
            if (fits(item)) {
                if (misfit) fitting.push_back(item);
            } else {
                if (!misfit) fitting.assign(list.items, list.items + i);
                misfit = &item;
            }
        }
        if (!misfit) return invoke(arrived, std::make_index_sequence<size>{});
        if (!fitting.empty()) {
            std::vector<fk_value> params(arrived.items(), arrived.items() + arrived.count());
            params[0] = FK_ITEMS(fitting.data(), fitting.size());
            const fk_value all = FK_ITEMS(params.data(), params.size());
            invoke(FkParams(arrived.request(), all), std::make_index_sequence<size>{});
        }
        const fk_value wrong = FK_ITEMS(misfit, 1);
        FkParams(arrived.request(), wrong).refuse(0, QMetaType::fromType<Item>());
    }

    static bool fits(const fk_value &item) {
        Item out{};
        return fkConvert(item, QMetaType::fromType<Item>(), &out);
    }

    F function_;
};

// Whether a callable says what it takes. One that takes a QVariantList and no more wants all params
// as they come.
template <class Params>
constexpr bool isAll = false;
template <>
inline constexpr bool isAll<std::tuple<QVariantList>> = true;
template <class F, bool = Signature<F>::value>
constexpr bool isTyped = false;
template <class F>
constexpr bool isTyped<F, true> = !isAll<typename Signature<F>::Params>;

} // namespace FkDetail
