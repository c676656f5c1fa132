// SPDX-License-Identifier: MIT
// fk::Vm - a Lua VM for C++20, over the C API of fk_vm.h and at its cost.
//
//     fk::Vm vm;
//     vm.bind("Room_delay", [&](int room, int ms) { agenda.add(room, ms); });
//     fk_vm_options options = FK_VM_OPTIONS_INIT;
//     options.script = "scheduler.lua";
//     vm.open(options);                                     // throws fk::Error
//     bool over = vm.call<bool>("ResumeRoom", 7, "delay_done");
//
// Calls throw fk::Error. Threads, callbacks and limits are those of fk_vm.h. What a bound callable throws
// becomes the error of that request.
#pragma once

#include <fk/bind.hpp>

#include <stdexcept>

namespace fk {

class Error : public std::runtime_error {
  public:
    explicit Error(const fk_error &error)
        : std::runtime_error(error.message), status_(error.status), vm_alive_(error.vm_alive), code_(error.code),
          exit_status_(error.exit_status), traceback_(error.traceback ? error.traceback : ""),
          method_(error.method ? error.method : "") {}
    Error(fk_status status, const std::string &message, bool vm_alive)
        : std::runtime_error(message), status_(status), vm_alive_(vm_alive) {}

    fk_status status() const noexcept { return status_; }
    bool vm_alive() const noexcept { return vm_alive_; }
    int32_t code() const noexcept { return code_; }
    int32_t exit_status() const noexcept { return exit_status_; }
    const std::string &traceback() const noexcept { return traceback_; } // empty: there is none
    const std::string &method() const noexcept { return method_; }

  private:
    fk_status status_;
    bool vm_alive_ = false;
    int32_t code_ = 0, exit_status_ = 0;
    std::string traceback_, method_;
};

inline void check(fk_status status) {
    if (status != FK_OK) throw Error(*fk_error_last());
}

// An owned value, as fk_vm_call hands out.
struct FreeValue {
    void operator()(fk_value *value) const noexcept { fk_value_free(value); }
};
using Value = std::unique_ptr<fk_value, FreeValue>;

class Vm {
  public:
    Vm() = default;
    explicit Vm(const fk_vm_options &options) { open(options); }
    ~Vm() { fk_vm_close(vm_); }
    Vm(Vm &&other) noexcept : vm_(std::exchange(other.vm_, nullptr)), bound_(std::move(other.bound_)) {}
    Vm &operator=(Vm &&other) noexcept {
        if (this == &other) return *this;
        fk_vm_close(vm_);
        vm_ = std::exchange(other.vm_, nullptr);
        bound_ = std::move(other.bound_);
        return *this;
    }

    // Before open(): Lua's fk.call(name, ...) and fk.notify(name, ...) run callable. Its parameters are converted as
    // convert.hpp says; std::optional ones may be missing; a first parameter fk_request * gets the request. "*" takes
    // every method without one. The callable lives as long as the Vm, wherever that is moved.
    template <class F> Vm &bind(std::string name, F callable) {
        if (vm_) throw std::logic_error("fk::Vm::bind(\"" + name + "\"): the VM is open; bind before open()");
        auto holder = std::make_unique<Holder<F>>(std::move(callable));
        holder->name = std::move(name);
        holder->call = detail::call_bound<F>;
        holder->user = &holder->callable;
        bound_.push_back(std::move(holder));
        return *this;
    }

    // Opens; options.methods are there besides the bound ones. On failure it throws and can be tried again.
    void open(const fk_vm_options &options) {
        close();
        std::vector<fk_method> methods;
        for (const auto &bound : bound_) methods.push_back({bound->name.c_str(), bound->call, bound->user, 0, {}});
        for (const fk_method *m = options.methods; m && m->name; m++) methods.push_back(*m);
        methods.push_back({});
        fk_vm_options all = options;
        all.methods = methods.data();
        check(fk_vm_open(&all, &vm_));
    }
    void close() noexcept { fk_vm_close(std::exchange(vm_, nullptr)); }
    bool is_open() const noexcept { return vm_ != nullptr; }
    fk_vm *get() const noexcept { return vm_; }

    // vm.call("f", 1, "two") returns nothing; vm.call<int>("f") the first result as an int; vm.call<fk::Value>("f")
    // the value itself. A result of another type is an Error, FK_BAD_VALUE.
    template <class R = void, class... A> R call(const char *method, const A &...args) {
        Scratch scratch;
        const fk_value items[sizeof...(A) + 1] = {to_value(args, scratch)..., FK_NIL};
        const fk_value params = FK_ITEMS(items, sizeof...(A));
        if constexpr (std::is_void_v<R>) {
            check(fk_vm_call(vm_, method, &params, nullptr));
        } else {
            fk_value *raw = nullptr;
            check(fk_vm_call(vm_, method, &params, &raw));
            return result<R>(method, Value(raw));
        }
    }

    template <class... A> void notify(const char *method, const A &...args) {
        Scratch scratch;
        const fk_value items[sizeof...(A) + 1] = {to_value(args, scratch)..., FK_NIL};
        const fk_value params = FK_ITEMS(items, sizeof...(A));
        check(fk_vm_notify(vm_, method, &params));
    }

    void interrupt() { check(fk_vm_interrupt(vm_)); }
    void poll() { check(fk_vm_poll(vm_)); }
    int fd() const noexcept { return fk_vm_fd(vm_); }
    fk_stats stats() const {
        fk_stats stats = FK_STATS_INIT;
        check(fk_vm_stats(vm_, &stats));
        return stats;
    }

  private:
    struct Bound {
        std::string name;
        fk_host_fn call = nullptr;
        void *user = nullptr;
        virtual ~Bound() = default;
    };
    template <class F> struct Holder final : Bound {
        explicit Holder(F &&f) : callable(std::move(f)) {}
        F callable;
    };

    template <class R> static R result(const char *method, Value value) {
        static_assert(!std::is_same_v<R, std::string_view> && !std::is_same_v<R, fk_value> &&
                          !std::is_same_v<R, std::span<const std::byte>>,
                      "a view of the result would outlive it: take std::string or fk::Value");
        if constexpr (std::is_same_v<R, Value>) {
            return value;
        } else {
            R out{};
            if (Convert<R>::from(*value, out)) return out;
            throw Error(FK_BAD_VALUE, std::string(method) + " returned " + describe(*value) + ", expected " + std::string(Convert<R>::name), true);
        }
    }

    fk_vm *vm_ = nullptr;
    std::vector<std::unique_ptr<Bound>> bound_;
};

} // namespace fk
