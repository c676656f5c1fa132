// SPDX-License-Identifier: MIT
// fk::VmRef - calls into a VM that somebody else owns.
#pragma once

#include <fk/fields.hpp>

namespace fk {

// The name of a Lua function: a literal or a std::string.
struct MethodName {
    const char *text;
    MethodName(const char *name) noexcept : text(name) {}
    MethodName(const std::string &name) noexcept : text(name.c_str()) {}
};

// Two words to copy, no ownership. Functions throw fk::Error; threads and limits are those of
// fk_vm.h.
class VmRef {
  public:
    VmRef() = default;
    explicit VmRef(fk_vm *vm) noexcept : vm_(vm) {}

    // vm.call("f", 1, "two") drops the result; vm.call<int>("f") is the first result as an int,
    // vm.call<fk::Value>("f") as it came. A result of another type is an Error, FK_BAD_VALUE; the
    // function has run then.
    template <class R = void, class... A>
    R call(MethodName method, const A &...args) const {
        Scratch scratch;
        const fk_value items[sizeof...(A) + 1] = {to_value(args, scratch)..., FK_NIL};
        const fk_value params = FK_ITEMS(items, sizeof...(A));
        if constexpr (std::is_void_v<R>) {
            check(fk_vm_call(vm_, method.text, &params, nullptr));
        } else {
            fk_value *result = nullptr;
            check(fk_vm_call(vm_, method.text, &params, &result));
            return take<R>(method, Value(result));
        }
    }

    // fk_vm_notify: waits for no result.
    template <class... A>
    void notify(MethodName method, const A &...args) const {
        Scratch scratch;
        const fk_value items[sizeof...(A) + 1] = {to_value(args, scratch)..., FK_NIL};
        const fk_value params = FK_ITEMS(items, sizeof...(A));
        check(fk_vm_notify(vm_, method.text, &params));
    }

    void interrupt() const { check(fk_vm_interrupt(vm_)); } // from any thread
    void poll() const { check(fk_vm_poll(vm_)); }
    int fd() const noexcept { return fk_vm_fd(vm_); }
    fk_stats stats() const {
        fk_stats stats = FK_STATS_INIT;
        check(fk_vm_stats(vm_, &stats));
        return stats;
    }
    fk_vm *get() const noexcept { return vm_; }

  protected:
    fk_vm *vm_ = nullptr;

  private:
    template <class R>
    static R take(MethodName method, Value value) {
        static_assert(!is_view<R>,
                      "a view of the result would outlive it: take std::string or fk::Value");
        if constexpr (std::is_same_v<R, Value>) {
            return value;
        } else {
            R out{};
            if (fits(*value, out)) return out;
            refuse<R>(method, *value);
        }
    }

    template <class R>
    [[noreturn, gnu::cold, gnu::noinline]] static void refuse(MethodName method,
                                                              const fk_value &value) {
        R out{};
        Mismatch why;
        from_value(value, out, why);
        throw Error(FK_BAD_VALUE, why.text(std::string("the result of ") + method.text), true,
                    method.text);
    }
};

} // namespace fk
