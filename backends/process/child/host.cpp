// SPDX-License-Identifier: MIT
#include "host.h"

#include "process/exit_codes.h"

#include <csignal>
#include <malloc.h>

namespace fkvm {
namespace {

fk_vm *volatile *interruptible;

// SIGINT is the parent's wish that the loading or the running call ends. The handler runs before anything that
// the parent sends later is read, so it can hit no later call.
void interrupt_on_signal(fk_vm *volatile *vm) noexcept {
    interruptible = vm;
    struct sigaction action {};
    action.sa_handler = [](int) {
        if (fk_vm *running = *interruptible) fk_vm_interrupt(running);
    };
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &action, nullptr);
}

} // namespace

int Host::run(fk_vm_options options) {
    const fk_method methods[] = {{"*", call_server, this, 0, {}}, {}};
    options.backend = "embedded";
    options.methods = methods;
    options.output = print;
    options.user = this;
    options.call_timeout = options.open_timeout = FK_NO_LIMIT; // the parent watches the clock
    options.max_output = FK_NO_LIMIT;                          // ... and the output
    options.flags |= FK_OPEN_UNTIMED;
    options.max_nesting = 100;
    options.interrupt_signal = SIGURG;
    if (options.sandbox == FK_SANDBOX_STRICT)
        options.sandbox = FK_SANDBOX_GAME; // the rest of it is ours
    if (!sandbox_.good_enough())
        return say_failure("OPEN_FAILED",
                           "this system cannot enforce the sandbox level strict; missing: " +
                               sandbox_.missing(),
                           nullptr);
    if (template_) options.flags |= FK_OPEN_TEMPLATE;
    interrupt_on_signal(&vm_);
    if (fk_vm_open(&options, const_cast<fk_vm **>(&vm_)) != FK_OK) return say_failure();
    say_hello();
    const fk_status status = peer_.serve_until([&] { return done_; });
    fk_vm_close(vm_);
    peer_.flush(); // what finalizers said, too
    if (status == FK_NO_MEMORY) return out_of_memory_exit;
    return status == FK_OK || (status == FK_VM_DIED && peer_.at_end()) ? 0 : 1;
}

void Host::say_hello() noexcept {
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm_, &stats);
    const fk_member members[] = {{FK_STR("protocol"), FK_INT(protocol_version)},
                                 {FK_STR("name"), FK_STR(name_)},
                                 {FK_STR("version"), FK_STR(fk_version())},
                                 {FK_STR("lua"), FK_STR(stats.runtime ? stats.runtime : "")},
                                 {FK_STR("interrupt"), FK_BOOL(true)},
                                 {FK_STR("sandbox"), FK_STR(sandbox_.reached().c_str())}};
    report_memory();
    const fk_value hello[] = {FK_OBJECT(members)};
    const fk_value list = FK_ARRAY(hello);
    peer_.notify("hello", &list);
    peer_.flush();
}

// The parent gives this failure to who called fk_vm_open, as the embedded backend would.
int Host::say_failure() noexcept {
    const fk_error *error = fk_error_last();
    return say_failure(fk_status_name(error->status), error->message, error->traceback);
}

int Host::say_failure(const char *status, const std::string &message,
                      const char *traceback) noexcept {
    if (template_) template_->give_up(); // a VM of its own will fail likewise, and be heard
    const fk_value params[] = {FK_STR(status), FK_BYTES(message.data(), message.size()),
                               traceback ? FK_STR(traceback) : FK_NIL};
    const fk_value list = FK_ARRAY(params);
    peer_.notify("$/failed", &list);
    peer_.flush();
    return 1;
}

// Reading blocks; only while the parent does not read either is there something to wait for.
fk_status Host::wait(bool also_writable) noexcept {
    if (also_writable) return peer_.wait_both();
    if (idle_.is_idle() && depth_ == 0) tidy();
    return FK_OK;
}

// Gives back what the last calls left, as long as nobody calls.
void Host::tidy() noexcept {
    constexpr int settled = 1000; // polls that changed nothing: there is nothing more
    uint64_t before = 0;
    for (int same = 0; same < settled; same++) {
        if (peer_.has_input()) return;
        fk_vm_poll(vm_);
        fk_stats stats = FK_STATS_INIT;
        fk_vm_stats(vm_, &stats);
        if (stats.memory != before) same = 0;
        before = stats.memory;
    }
    if (++idle_periods_ < 2) return; // in the first, the VM has only noticed that it is idle
    idle_.stop();
    ::malloc_trim(0);
    report_memory();
    peer_.flush();
}

// Now and then, so that fk_vm_stats need not ask: when it has changed by a sixteenth.
void Host::report_memory() noexcept {
    fk_stats stats = FK_STATS_INIT;
    if (fk_vm_stats(vm_, &stats) != FK_OK) return;
    const uint64_t change =
        stats.memory > reported_ ? stats.memory - reported_ : reported_ - stats.memory;
    if (change <= reported_ / 16) return;
    reported_ = stats.memory;
    const fk_value params[] = {FK_INT(stats.memory), FK_INT(stats.memory_peak)};
    const fk_value list = FK_ARRAY(params);
    peer_.notify("$/memory", &list);
}

} // namespace fkvm
