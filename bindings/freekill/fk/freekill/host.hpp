// SPDX-License-Identifier: MIT
// How a call of a script reaches a virtual function of the server.
#pragma once

#include <fk/freekill/answers.hpp>

#include <exception>
#include <vector>

namespace fk::freekill {

using Text = std::string_view;

template <class V>
class Scheduler;

namespace detail {
template <auto member, class... A>
struct BoundLoad;
}

// What the host methods of HostMethods (methods.hpp) share.
class HostBase {
  public:
    HostBase() = default;
    HostBase(const HostBase &) = delete;
    HostBase &operator=(const HostBase &) = delete;
    virtual ~HostBase() = default;

    // A host method is running: the VM cannot be resumed now (scheduler.hpp).
    bool is_asked() const { return request_ != nullptr; }

  protected:
    // In a host method: the call that it answers, for functions of the C API.
    fk_request *request() const { return request_; }

    static void ignore(const auto &...) {}
    [[noreturn]] static void refuse(const char *method, const auto &...) {
        throw Failure(std::string("this server has no ") + method, FK_CODE_METHOD_NOT_FOUND);
    }

    // All of them, also where one fails; then its exception.
    static void for_each(Each<int> keys, auto run) {
        std::exception_ptr failed;
        for (const int key : keys) try {
                run(key);
            } catch (...) {
                failed = std::current_exception();
            }
        if (failed) std::rethrow_exception(failed);
    }

  private:
    friend class Asking;
    template <class V>
    friend class Scheduler;
    template <auto member, class... A>
    friend struct detail::BoundLoad;

    fk_request *request_ = nullptr;
    std::function<Load::Resume()> resuming_; // the Scheduler's, for whatever runs now
};

// While a host method runs; calls nest.
class Asking {
  public:
    Asking(HostBase &host, fk_request *request) : host_(host), outer_(host.request_) {
        host.request_ = request;
    }
    Asking(const Asking &) = delete;
    ~Asking() { host_.request_ = outer_; }

  private:
    HostBase &host_;
    fk_request *const outer_;
};

namespace detail {

template <auto member>
struct Bound;
template <class H, class R, class... A, R (H::*member)(A...)>
struct Bound<member> {
    using Host = H;
    R operator()(A... params) const { return (host.*member)(std::forward<A>(params)...); }
    Host &host;
};

// What takes a Load behind its params A: answered by the text, or by true if it comes later.
template <auto member, class... A>
struct BoundLoad {
    using Host = typename Bound<member>::Host;
    void operator()(fk_request *request, A... params) const {
        const Load load(host.resuming_ ? host.resuming_() : nullptr);
        (host.*member)(std::forward<A>(params)..., load);
        const std::optional<std::string> text = load.take();
        const fk_value answer = text ? FK_BYTES(text->data(), text->size()) : FK_BOOL(true);
        fk_reply(request, &answer);
    }
    Host &host;
};

template <class B>
fk_status call(void *user, fk_request *request, const fk_value *params) {
    B bound{*static_cast<typename B::Host *>(user)};
    const Asking asking(bound.host, request);
    return fk::detail::call_bound<B>(&bound, request, params);
}

template <class B>
fk_method method(const char *name, typename B::Host &host) {
    return {name, call<B>, &host, fk::detail::flags_of<B>(), {}};
}

} // namespace detail
} // namespace fk::freekill
