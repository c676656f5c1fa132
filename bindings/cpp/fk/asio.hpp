// SPDX-License-Identifier: MIT
// fk::AsioVm - a VM in an event loop of Boost.Asio, or of Asio without Boost.
//
//     boost::asio::io_context context;
//     fk::AsioVm vm(context);
//     vm.bind("delay", [&](int room, int ms) { start_timer(room, ms); });
//     vm.on_death([&](const fk::Error &why) { log(why.what()), vm.open(options); });
//     vm.open(options);
//     context.run();
//
// Loop      While the VM is open the loop runs what a child says between calls, and learns of its
//           death. It polls a VM without a descriptor, an embedded one, every 100 ms after a call,
//           until it is tidy (fk_stats.wants_poll); calls by get() it does not see. context.run()
//           ends only after close(), or once a death is told.
// Threads   One at a time, as with Asio's own objects; post() and interrupt() from any. If several
//           threads run the context, give each VM a strand: fk::AsioVm vm(make_strand(context)).
// Calls     Calls block, for at most call_timeout. A host method that runs for a notification cannot
//           call its VM back (FK_BUSY). asio::dispatch() is no way out: on the loop's thread it runs
//           its function at once, inside the call. post() never does.
// Errors    Of calls: fk::Error. What a job or on_death throws leaves context.run().
// Lifetime  The context must outlive it. Host methods, jobs and on_death capture what they use, so
//           an AsioVm can be neither copied nor moved: keep it in a std::unique_ptr.
//
// Needs Boost 1.74 or Asio 1.18. Boost is taken if both are there, unless FK_ASIO_STANDALONE is
// defined, in all files of a program alike.
#pragma once

#include <fk/loop_vm.hpp>

namespace fk {

class AsioVm {
  public:
    using executor_type = detail::asio::any_io_executor;

    explicit AsioVm(const executor_type &executor)
        : loop_(std::make_shared<detail::LoopVm>(executor)) {}
    explicit AsioVm(detail::asio::io_context &context) : AsioVm(context.get_executor()) {}
    // Closes the VM. In a host method of its own, which post() avoids: once that call has returned.
    ~AsioVm() { loop_->end(); }
    AsioVm(const AsioVm &) = delete;
    AsioVm &operator=(const AsioVm &) = delete;

    // As those of fk::Vm. open() closes what was open, then opens.
    template <class F>
    AsioVm &bind(std::string name, F callable) {
        loop_->vm().bind(std::move(name), std::move(callable));
        return *this;
    }
    void open(const Options &options) { loop_->open(options); }
    template <std::same_as<fk_vm_options> O>
    void open(const O &options) {
        loop_->open(options);
    }
    bool is_open() const noexcept { return loop_->vm().is_open(); }
    // Open, and neither a call nor the loop has found it dead.
    bool is_alive() const noexcept { return loop_->is_alive(); }

    // fk_vm_close. FK_BUSY: this is a host method of its own, and nothing happened; post() the
    // close. After any other status the VM is gone, and neither jobs nor on_death run for it.
    fk_status close() { return loop_->close(); }

    // As those of fk::Vm. A death that other calls notice, those by an fk::VmRef, the loop tells.
    template <class R = void, class... A>
    R call(MethodName method, const A &...args) {
        return loop_->in_call([&] { return loop_->vm().call<R>(method, args...); });
    }
    template <class... A>
    void notify(MethodName method, const A &...args) {
        loop_->in_call([&] { loop_->vm().notify(method, args...); });
    }
    void interrupt() { loop_->vm().interrupt(); }
    fk_stats stats() const { return loop_->vm().stats(); }
    fk_vm *get() const noexcept { return loop_->vm().get(); }

    // Once for each VM that dies, whether a call or the loop noticed, as a job of post(). There the
    // VM may be opened anew, closed or destroyed. An embedded VM does not die.
    void on_death(std::function<void(const Error &)> callback) {
        loop_->on_death = std::move(callback);
    }

    // Runs the job by the executor, and never inside a call of this VM: not even if a host method
    // runs the context. Dropped if by then the VM is closed, or is another one. What must run all
    // the same goes to asio::post(vm.get_executor(), ...).
    void post(std::function<void()> job) { loop_->post(std::move(job)); }
    executor_type get_executor() const { return loop_->executor(); }

  private:
    const std::shared_ptr<detail::LoopVm> loop_;
};

} // namespace fk
