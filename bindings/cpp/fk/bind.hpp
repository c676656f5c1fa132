// SPDX-License-Identifier: MIT
// Host methods from callables: parameters are checked and converted by the callable's own
// signature.
#pragma once

#include <fk/calls.hpp>
#include <fk/each.hpp>

#if __has_include(<cxxabi.h>)
#include <cxxabi.h>
#endif

namespace fk {

// As the last parameter of a callable: all params that no parameter before it took.
struct Rest : std::span<const fk_value> {};

namespace detail {

template <class F>
struct Signature : Signature<decltype(&F::operator())> {};
template <class R, class... A>
struct Signature<R (*)(A...)> {
    using Result = R;
    using Declared = std::tuple<A...>; // never made, only looked into
    using Params = std::tuple<std::remove_cvref_t<A>...>;
};
template <class R, class... A>
struct Signature<R (*)(A...) noexcept> : Signature<R (*)(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...)> : Signature<R (*)(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const> : Signature<R (*)(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) noexcept> : Signature<R (*)(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const noexcept> : Signature<R (*)(A...)> {};

// Parameters that no param of the script fills.
template <class T>
inline constexpr bool is_context = std::is_same_v<T, fk_request *> || std::is_same_v<T, VmRef>;
template <class T>
inline constexpr bool is_rest = std::is_same_v<T, Rest>;

// Of a callable's parameters: how many stand before index I that take one param each.
template <class Params, size_t... I>
constexpr size_t count_positional(std::index_sequence<I...>) {
    return (size_t{0} + ... +
            (is_context<std::tuple_element_t<I, Params>> || is_rest<std::tuple_element_t<I, Params>>
                 ? 0
                 : 1));
}
template <class Params, size_t I>
inline constexpr size_t position = count_positional<Params>(std::make_index_sequence<I>{});
template <class Params>
inline constexpr bool takes_rest = false;
template <class... T>
inline constexpr bool takes_rest<std::tuple<T...>> = (is_rest<T> || ...);
template <>
inline constexpr bool takes_rest<std::tuple<fk_request *>> = true; // it sees to the request itself

// What the Each that a callable begins with holds; void: there is none.
template <class Params>
struct Items {
    using Type = void;
};
template <class First, class... T>
requires is_context<First>
struct Items<std::tuple<First, T...>> : Items<std::tuple<T...>> {
};
template <class Item, class... T>
struct Items<std::tuple<Each<Item>, T...>> {
    using Type = Item;
};
template <class T>
inline constexpr bool is_each = false;
template <class T>
inline constexpr bool is_each<Each<T>> = true;
template <class Params>
inline constexpr int eaches = 0;
template <class... T>
inline constexpr int eaches<std::tuple<T...>> = (0 + ... + is_each<T>);

// The flags of the fk_method of a callable.
template <class F, class Params = typename Signature<F>::Params>
constexpr uint32_t flags_of() {
    constexpr bool list = !std::is_void_v<typename Items<Params>::Type>;
    static_assert(eaches<Params> == list,
                  "fk::Each can only be the first parameter that takes a param");
    return list ? FK_METHOD_LIST : 0;
}

[[gnu::cold, gnu::noinline]] inline fk_status refuse(fk_request *request, const std::string &why) {
    const std::string message =
        std::string("invalid params: ") + fk_request_method(request) + ": " + why;
    return fk_fail(request, FK_CODE_INVALID_PARAMS, message.c_str());
}

// One call of a host method: its params as positions, whichever way they came.
struct Arrived {
    fk_request *request;
    const fk_value *items = nullptr;
    size_t count = 0;

    Arrived(fk_request *request, const fk_value &params) : request(request) {
        if (params.kind == FK_ARRAY) items = params.items, count = params.size;
        if (params.kind == FK_OBJECT) items = &params, count = 1;
    }

    void give(size_t, fk_request *&out) const { out = request; }
    void give(size_t, VmRef &out) const { out = VmRef(fk_request_vm(request)); }
    void give(size_t index, Rest &out) const {
        if (index < count) out = Rest{{items + index, count - index}};
    }
};

// Finds the reason by converting once more: where all is well it costs nothing.
template <class T>
[[gnu::cold, gnu::noinline]] bool refuse_param(const Arrived &arrived, size_t index, T &out) {
    Mismatch why;
    if (index < arrived.count) {
        from_value(arrived.items[index], out, why);
    } else {
        why.wanted = Convert<T>::name;
        why.came = "nothing";
    }
    refuse(arrived.request, why.text("parameter " + std::to_string(index + 1)));
    return false;
}

template <class T>
bool take(const Arrived &arrived, size_t index, T &out) {
    if constexpr (is_context<T> || is_rest<T>) {
        arrived.give(index, out);
        return true;
    } else {
        if (index < arrived.count ? fits(arrived.items[index], out) : is_optional<T>) return true;
        return refuse_param(arrived, index, out);
    }
}

// Lua's nil beyond the last parameter is as good as none.
inline bool has_surplus(const Arrived &arrived, size_t most) {
    for (size_t i = most; i < arrived.count; i++)
        if (arrived.items[i].kind != FK_NULL) return true;
    return false;
}

template <class F, size_t... I>
fk_status invoke(F &function, const Arrived &arrived, std::index_sequence<I...>) {
    using Declared = typename Signature<F>::Declared;
    using Params = typename Signature<F>::Params;
    Params values{};
    if (!(take(arrived, position<Params, I>, std::get<I>(values)) && ...)) return FK_OK;
    if constexpr (std::is_void_v<typename Signature<F>::Result>) {
        function(static_cast<std::tuple_element_t<I, Declared> &&>(std::get<I>(values))...);
        return FK_OK;
    } else {
        auto &&result =
            function(static_cast<std::tuple_element_t<I, Declared> &&>(std::get<I>(values))...);
        Scratch scratch;
        const fk_value value = to_value(result, scratch);
        return fk_reply(arrived.request, &value);
    }
}

// Calls that came in one: where the first param of some does not fit the others run all the same.
template <class T, class F>
[[gnu::cold, gnu::noinline]] void invoke_fitting(const Arrived &arrived, F run) {
    std::vector<fk_value> items(arrived.items, arrived.items + arrived.count), fitting;
    const fk_value *misfit = nullptr;
    T out{};
    for (uint32_t i = 0; i < items[0].size; i++) {
        const fk_value &item = items[0].items[i];
        if (fits(item, out))
            fitting.push_back(item);
        else
            misfit = &item;
    }
    items[0] = FK_ITEMS(fitting.data(), fitting.size());
    if (!fitting.empty()) run(Arrived(arrived.request, FK_ITEMS(items.data(), items.size())));
    refuse_param(Arrived(arrived.request, FK_ITEMS(misfit, 1)), 0, out);
}

template <class T>
bool all_fit(const Arrived &arrived) {
    if (arrived.count == 0 || arrived.items[0].kind != FK_ARRAY) return true; // take() sees to it
    T out{};
    for (uint32_t i = 0; i < arrived.items[0].size; i++)
        if (!fits(arrived.items[0].items[i], out)) return false;
    return true;
}

[[gnu::cold, gnu::noinline]] inline fk_status refuse_surplus(const Arrived &arrived, size_t most) {
    return refuse(arrived.request, "takes at most " + std::to_string(most) + " parameters, " +
                                       std::to_string(arrived.count) + " came");
}

// In a handler: the exception as the request's answer.
[[gnu::cold, gnu::noinline]] inline fk_status answer_exception(fk_request *request) {
    try {
        throw;
    } catch (const Failure &failure) {
        return fk_fail(request, failure.code, failure.what());
    } catch (const std::exception &problem) {
        return fk_fail(request, FK_CODE_INTERNAL, problem.what());
#if defined(__GLIBC__) && __has_include(<cxxabi.h>)
    } catch (abi::__forced_unwind &) { // pthread_exit must go on
        throw;
#endif
    } catch (...) {
        return fk_fail(request, FK_CODE_INTERNAL,
                       "the host method threw something that is no std::exception");
    }
}

// The fk_host_fn of a callable; user points to it. What does not fit has been answered: FK_OK.
template <class F>
fk_status call_bound(void *user, fk_request *request, const fk_value *params) {
    using Params = typename Signature<F>::Params;
    constexpr size_t size = std::tuple_size_v<Params>, most = position<Params, size>;
    constexpr auto all = std::make_index_sequence<size>{};
    F &function = *static_cast<F *>(user);
    try {
        const Arrived arrived(request, *params);
        if (!takes_rest<Params> && has_surplus(arrived, most)) return refuse_surplus(arrived, most);
        if constexpr (flags_of<F>() != 0) {
            using Item = typename Items<Params>::Type;
            if (!all_fit<Item>(arrived)) {
                invoke_fitting<Item>(arrived, [&](const Arrived &a) { invoke(function, a, all); });
                return FK_OK;
            }
        }
        return invoke(function, arrived, all);
    } catch (...) {
        return answer_exception(request);
    }
}

} // namespace detail

// A callable as an entry of fk_vm_options.methods, by the rules of fk::Vm::bind. Both must outlive
// the VM.
template <class F>
fk_method method_of(const char *name, F &callable) {
    return {name, detail::call_bound<F>, &callable, detail::flags_of<F>(), {}};
}

} // namespace fk
