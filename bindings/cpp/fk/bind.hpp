// SPDX-License-Identifier: MIT
// Host methods from callables: parameters are checked and converted by the callable's own signature.
#pragma once

#include <fk/convert.hpp>

#include <exception>
#include <stdexcept>
#include <functional>
#include <type_traits>

namespace fk {

// What a bound callable may throw to answer with a JSON-RPC code of its own.
struct Failure : std::runtime_error {
    int32_t code;
    explicit Failure(const std::string &message, int32_t code = FK_CODE_INTERNAL)
        : std::runtime_error(message), code(code) {}
};

namespace detail {

template <class F> struct Signature : Signature<decltype(&F::operator())> {};
template <class R, class... A> struct Signature<R (*)(A...)> {
    using Result = R;
    using Params = std::tuple<std::remove_cvref_t<A>...>;
};
template <class C, class R, class... A> struct Signature<R (C::*)(A...) const> : Signature<R (*)(A...)> {};
template <class C, class R, class... A> struct Signature<R (C::*)(A...)> : Signature<R (*)(A...)> {};

template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;

inline fk_status refuse(fk_request *request, size_t index, std::string_view wanted, const fk_value *came) {
    const std::string message = std::string("invalid params: ") + fk_request_method(request) + ": parameter " +
                                std::to_string(index + 1) + " must be " + std::string(wanted) + ", got " +
                                (came ? describe(*came) : "none");
    return fk_fail(request, FK_CODE_INVALID_PARAMS, message.c_str());
}

// Where the callable's first parameter is the fk_request itself, the positional ones begin after it.
template <class Tuple> inline constexpr size_t skipped = 0;
template <class... T> inline constexpr size_t skipped<std::tuple<fk_request *, T...>> = 1;

template <class T>
bool take(fk_request *request, const fk_value *params, size_t index, T &out) {
    const fk_value *came = params->type == FK_ARRAY && index < params->size ? &params->as.items[index] : nullptr;
    if (params->type == FK_OBJECT && index == 0) came = params;
    if (!came && is_optional<T>) return true;
    if (came && Convert<T>::from(*came, out)) return true;
    refuse(request, index, Convert<T>::name, came);
    return false;
}

inline bool take(fk_request *request, const fk_value *, size_t, fk_request *&out) {
    out = request;
    return true;
}

template <class F, class Tuple, size_t... I>
fk_status invoke(F &function, fk_request *request, [[maybe_unused]] const fk_value *params, [[maybe_unused]] Tuple &values, std::index_sequence<I...>) {
    if (!(take(request, params, I - skipped<Tuple>, std::get<I>(values)) && ...)) return FK_OK;
    if constexpr (std::is_void_v<typename Signature<F>::Result>) {
        function(std::get<I>(values)...);
        return FK_OK;
    } else {
        const auto result = function(std::get<I>(values)...);
        Scratch scratch;
        const fk_value value = to_value(result, scratch);
        return fk_reply(request, &value);
    }
}

// The fk_host_fn of a callable; user points to it.
template <class F> fk_status call_bound(void *user, fk_request *request, const fk_value *params) noexcept {
    try {
        using Params = typename Signature<F>::Params;
        Params values{};
        return invoke(*static_cast<F *>(user), request, params, values,
                      std::make_index_sequence<std::tuple_size_v<Params>>{});
    } catch (const Failure &failure) {
        return fk_fail(request, failure.code, failure.what());
    } catch (const std::exception &problem) {
        return fk_fail(request, FK_CODE_INTERNAL, problem.what());
    } catch (...) {
        return fk_fail(request, FK_CODE_INTERNAL, "the host method threw something that is no std::exception");
    }
}

} // namespace detail
} // namespace fk
