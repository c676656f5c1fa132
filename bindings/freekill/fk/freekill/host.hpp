// SPDX-License-Identifier: MIT
// How a call of a script reaches a virtual function of the server.
#pragma once

#include <fk/freekill/answers.hpp>

#include <exception>
#include <vector>

namespace fk::freekill {

using Text = std::string_view;

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
    fk_request *request_ = nullptr;
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
template <class Host, class R, class... A, R (Host::*member)(A...)>
struct Bound<member> {
    R operator()(A... params) const { return (host.*member)(std::forward<A>(params)...); }
    Host &host;

    static fk_status call(void *user, fk_request *request, const fk_value *params) {
        Bound bound{*static_cast<Host *>(user)};
        const Asking asking(bound.host, request);
        return fk::detail::call_bound<Bound>(&bound, request, params);
    }
};

template <auto member, class Host>
fk_method method(const char *name, Host &host) {
    return {name, Bound<member>::call, &host, fk::detail::flags_of<Bound<member>>(), {}};
}

} // namespace detail
} // namespace fk::freekill
