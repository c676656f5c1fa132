// SPDX-License-Identifier: MIT
// fk::Vm - a Lua VM for C++20, over the C API of fk_vm.h and at its cost.
//
//     fk::Vm vm;
//     vm.bind("delay", [&](int table, int ms) { agenda.add(table, ms); });
//     vm.open({.script = "game.lua"});                 // throws fk::Error, as all calls do
//     bool over = vm.call<bool>("resume", 7, "delay_done");
//
// Threads, callbacks and limits are those of fk_vm.h. Types that cross: convert.hpp.
#pragma once

#include <fk/bind.hpp>
#include <fk/options.hpp>

namespace fk {

// Owns one VM, open or not yet. Moving it leaves the other one closed and without bound callables;
// the fk_vm and the callables stay where they are. Must not be moved, closed or destroyed while it
// is in a call.
class Vm : public VmRef {
  public:
    Vm() = default;
    explicit Vm(const Options &options) { open(options); }
    template <std::same_as<fk_vm_options> O>
    explicit Vm(const O &options) {
        open(options);
    }
    ~Vm() {
        if (close() != FK_BUSY) return;
        for (auto &bound : bound_)
            bound.release(); // inside its own callback: the VM lives on and may use them
        callbacks_.release();
    }
    Vm(Vm &&other) noexcept { swap(other); }
    Vm &operator=(Vm &&other) noexcept {
        Vm(std::move(other)).swap(*this);
        return *this;
    }

    // Before open(): Lua's fk.call(name, ...) and fk.notify(name, ...) run callable, a function or
    // an object with one operator(). Params must fit its parameters in number and type, or the
    // script gets "invalid params" that names the first one which does not; std::optional
    // parameters may be missing. What it returns, if anything, is the answer. Parameters of type
    // fk_request * and fk::VmRef get the request and the VM; a last fk::Rest takes any params that
    // are left, and so does a callable with nothing but the request. A first fk::Each<T> takes the
    // first param of many calls that differ in nothing else (each.hpp). "*" takes every method
    // without one. Name and callable live as long as the Vm.
    template <class F>
    Vm &bind(std::string name, F callable) {
        if (is_open())
            throw std::logic_error("fk::Vm::bind(\"" + name +
                                   "\"): the VM is open; bind before open()");
        auto holder = std::make_unique<Holder<F>>(std::move(callable));
        holder->name = std::move(name);
        holder->call = detail::call_bound<F>;
        holder->flags = detail::flags_of<F>();
        holder->user = &holder->callable;
        bound_.push_back(std::move(holder));
        return *this;
    }

    // Closes what was open, then opens. After a failure it can be tried again; what is bound stays
    // bound.
    void open(const Options &options) {
        detail::OptionsView view(options);
        auto callbacks = std::make_unique<Callbacks>(Callbacks{options.output, options.finalize});
        if (options.output) view.options.output = write_output;
        if (options.finalize) view.options.finalize = run_finalize;
        view.options.user = callbacks.get();
        open(view.options);
        callbacks_ = std::move(callbacks);
    }

    // The same for options of the C API; their methods are there besides the bound ones.
    template <std::same_as<fk_vm_options> O>
    void open(const O &options) {
        if (close() == FK_BUSY) throw Error(*fk_error_last());
        std::vector<fk_method> methods;
        for (const auto &bound : bound_)
            methods.push_back({bound->name.c_str(), bound->call, bound->user, bound->flags, {}});
        for (const fk_method *m = options.methods; m && m->name; m++) methods.push_back(*m);
        methods.push_back({});
        fk_vm_options all = options;
        all.methods = methods.data();
        check(fk_vm_open(&all, &vm_));
    }

    // fk_vm_close. FK_BUSY: nothing happened, fk_error_last() says why; after any other status the
    // VM is gone.
    fk_status close() noexcept {
        const fk_status status = fk_vm_close(vm_);
        if (status != FK_BUSY) vm_ = nullptr;
        return status;
    }
    bool is_open() const noexcept { return vm_ != nullptr; }

    void swap(Vm &other) noexcept {
        std::swap(vm_, other.vm_);
        bound_.swap(other.bound_);
        callbacks_.swap(other.callbacks_);
    }

  private:
    struct Callbacks {
        std::function<void(fk_level, std::string_view)> output;
        std::function<void()> finalize;
    };

    struct Bound {
        std::string name;
        fk_host_fn call = nullptr;
        void *user = nullptr;
        uint32_t flags = 0;
        virtual ~Bound() = default;
    };
    template <class F>
    struct Holder final : Bound {
        explicit Holder(F &&f) : callable(std::move(f)) {}
        F callable;
    };

    static void write_output(void *user, fk_level level, const char *text, size_t size) {
        try {
            static_cast<Callbacks *>(user)->output(level, {text, size});
        } catch (const std::exception &) {
        }
    }
    static void run_finalize(void *user) {
        try {
            static_cast<Callbacks *>(user)->finalize();
        } catch (const std::exception &) {
        }
    }

    std::vector<std::unique_ptr<Bound>> bound_;
    std::unique_ptr<Callbacks> callbacks_;
};

} // namespace fk
