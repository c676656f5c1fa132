// SPDX-License-Identifier: MIT
#include "vm.h"

#include "embedded/embedded.h"
#include "parent.h"
#include "process/exit_codes.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <malloc.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

using namespace fkvm;

namespace {

constexpr uint64_t ms = 1'000'000, longest_period = 100 * ms, shortest_period = 5 * ms;
constexpr uint64_t polite_ns =
    250 * ms; // the main thread sees the end of its input too, unless busy

uint64_t period_for(const fk_vm_options &options) noexcept {
    const uint32_t shortest = std::min(options.call_timeout, options.open_timeout);
    return std::clamp(shortest * ms / 8, shortest_period, longest_period);
}

fk_vm *interruptible; // a handler has no argument

Limits *wishes;

// SIGINT is the server's wish that something ends; its value says what (docs/protocol.md). One may
// come when there is no VM any more.
void on_interrupt(int, siginfo_t *info, void *) {
    fk_vm *const vm = __atomic_load_n(&interruptible, __ATOMIC_ACQUIRE);
    if (!vm) return;
    if (info->si_code == SI_QUEUE)
        wishes->wish(static_cast<uint32_t>(info->si_value.sival_int));
    else
        wishes->wish_all(false);
    if (vm->must_end() != FK_OK) vm->interrupt();
}

void listen_for_wishes(fk_vm *vm, Limits *limits) noexcept {
    wishes = limits;
    __atomic_store_n(&interruptible, vm, __ATOMIC_RELEASE);
    struct sigaction action {};
    action.sa_sigaction = on_interrupt;
    action.sa_flags = SA_RESTART | SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
}

} // namespace

fk_vm::fk_vm(const char *name, const ProtocolStreams &streams, Template *of,
             const fk_vm_options &options, Sandbox &sandbox) noexcept
    : name_(name), options_(options), sandbox_(sandbox), template_(of),
      backend_(fk_backend_embedded), in_(of ? of->control() : streams.in),
      peer_(streams.in, streams.out, options.max_message, options.max_values, *this),
      ticker_([](void *self) { static_cast<fk_vm *>(self)->beat(); }, this, period_for(options)) {}

fk_vm::~fk_vm() {
    if (interruptible == this) __atomic_store_n(&interruptible, nullptr, __ATOMIC_RELEASE);
}

int fk_vm::run() {
    say_starting();
    if (!sandbox_.good_enough()) return give_up_strict();
    listen_for_wishes(this, &limits_);
    if (const fk_status status = load()) return say_failure(status);
    say_hello();
    return end(peer_.serve_until([&] { return done_; }));
}

fk_status fk_vm::load() noexcept {
    if (!template_) {
        const Frame frame(*this, {Work::Open, options_.script}, 0);
        return backend_.open(this, &child_host, &options_, &state_);
    }
    {
        const Frame frame(*this, {Work::Open, options_.script}, 0);
        if (const fk_status s = backend_.load(this, &child_host, &options_, &state_)) return s;
    }
    ticker_.stop();
    become_copy();
    const Frame frame(*this, {Work::Open, options_.script}, 0);
    return backend_.forked(state_);
}

// The template stays in here and never returns; each copy does.
void fk_vm::become_copy() noexcept {
    const fk_value *files = backend_.loaded(state_);
    if (!files) leave(FK_NO_MEMORY);
    peer_.prepare_to_write();
    const ProtocolStreams streams = template_->copy_when_asked(*files);
    peer_.attach(streams.in, streams.out);
    in_ = streams.in;
    sandbox_.confine_copy();
    if (!end_with_parent()) ::_exit(0);
    const TemplateGo go = template_->wait_for_go(streams.in);
    options_.open_timeout = go.open_timeout;
    options_.call_timeout = go.call_timeout;
    options_.close_timeout = go.close_timeout;
    ticker_.set_period(period_for(options_));
    template_ = nullptr;
}

int fk_vm::end(fk_status why) noexcept {
    let_go();
    if (why == FK_NO_MEMORY) return out_of_memory_exit;
    return why == FK_OK || (why == FK_VM_DIED && peer_.at_end()) ? 0 : 1;
}

// A beat that comes meanwhile finds no state to interrupt.
void fk_vm::let_go() noexcept {
    const Frame frame(*this, {Work::Close, nullptr}, 0);
    void *const state = state_;
    __atomic_store_n(&state_, nullptr, __ATOMIC_RELEASE);
    if (state) backend_.close(state);
    finish_output();
    peer_.flush(); // what finalizers said, too
}

// From here on the server knows that only names with $/ are the protocol's.
void fk_vm::say_starting() noexcept {
    const fk_member members[] = {{FK_STR("protocol"), FK_INT(protocol_version)},
                                 {FK_STR("name"), FK_STR(name_)}};
    const fk_value starting[] = {FK_OBJECT(members)};
    const fk_value list = FK_ARRAY(starting);
    peer_.notify("$/starting", &list);
}

void fk_vm::say_hello() noexcept {
    fk_stats stats{};
    backend_.stats(state_, &stats);
    const fk_member members[] = {{FK_STR("protocol"), FK_INT(protocol_version)},
                                 {FK_STR("name"), FK_STR(name_)},
                                 {FK_STR("version"), FK_STR(fk_version())},
                                 {FK_STR("lua"), FK_STR(stats.runtime ? stats.runtime : "")},
                                 {FK_STR("interrupt"), FK_BOOL(true)},
                                 {FK_STR("limits"), FK_BOOL(true)},
                                 {FK_STR("sandbox"), FK_STR(sandbox_.reached().c_str())}};
    report_memory();
    const fk_value hello[] = {FK_OBJECT(members)};
    const fk_value list = FK_ARRAY(hello);
    peer_.notify("$/hello", &list);
    peer_.flush();
}

// The server gives this failure to who called fk_vm_open, as the embedded backend would.
int fk_vm::say_failure(fk_status status) noexcept {
    if (template_) template_->give_up();         // a VM of its own will fail likewise, and be heard
    const Failure failure = std::move(failure_); // finalizers may fail, too
    let_go();
    const std::string &message = failure.message, &traceback = failure.traceback;
    const fk_value params[] = {
        FK_STR(fk_status_name(status)), FK_BYTES(message.data(), message.size()),
        traceback.empty() ? FK_NIL : FK_BYTES(traceback.data(), traceback.size())};
    const fk_value list = FK_ARRAY(params);
    peer_.notify("$/failed", &list);
    peer_.flush();
    return 1;
}

int fk_vm::give_up_strict() noexcept {
    failure_.message = "this system cannot enforce the sandbox level strict; missing: ";
    failure_.message += sandbox_.missing();
    return say_failure(FK_OPEN_FAILED);
}

// Reading blocks; only while the server does not read either is there something to wait for.
fk_status fk_vm::wait(bool also_writable) noexcept {
    if (also_writable) {
        const Limits::Pause pause(limits_);
        return peer_.wait_both();
    }
    if (!frame_ && ticker_.is_idle()) tidy();
    return FK_OK;
}

// Gives back what the last calls left, as long as nobody calls.
void fk_vm::tidy() noexcept {
    constexpr int settled = 1000; // polls that changed nothing: there is nothing more
    uint64_t before = 0;
    for (int same = 0; same < settled; same++) {
        if (peer_.has_input()) return;
        const Frame frame(*this, {Work::Idle, nullptr}, 0);
        if (backend_.poll(state_) != FK_OK)
            output(FK_LEVEL_WARNING, failure_record(frame.piece.work(), failure_.message));
        fk_stats stats{};
        backend_.stats(state_, &stats);
        if (stats.memory != before) same = 0;
        before = stats.memory;
    }
    if (++idle_periods_ < 2) return; // in the first, the VM has only noticed that it is idle
    ticker_.stop();
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
    report_memory();
    peer_.flush();
}

// In a signal handler or another thread.
void fk_vm::beat() noexcept {
    look_for_server();
    switch (limits_.tick(ticker_.period_ns())) {
    case Limits::Next::Nothing:
        return;
    case Limits::Next::Interrupt:
        return interrupt();
    case Limits::Next::GiveUp:
        give_up();
    }
}

void fk_vm::interrupt() noexcept {
    if (void *const state = __atomic_load_n(&state_, __ATOMIC_ACQUIRE))
        backend_.interrupt(state, limits_.must_end());
}

// Whoever holds the other end of our input is gone, or has no more use for this VM.
void fk_vm::look_for_server() noexcept {
    pollfd end{in_, 0, 0}; // POLLHUP comes unasked
    if (done_ || ::poll(&end, 1, 0) <= 0) return;
    silent_ns_ += ticker_.period_ns();
    if (silent_ns_ >= polite_ns) ::_exit(0);
}

// What ran has had its limit and a while more. The server learns of it by our end.
void fk_vm::give_up() noexcept {
    char name[64];
    limits_.name_work(name, sizeof name);
    const auto say = [](const char *text) {
        const ssize_t written = ::write(2, text, std::strlen(text));
        static_cast<void>(written);
    };
    say("'");
    say(*name ? name : "a finalizer");
    say("' did not end at its limit, and could not be stopped\n");
    ::_exit(not_stopped_exit);
}

// Now and then, so that fk_vm_stats need not ask: when it has changed by a sixteenth.
void fk_vm::report_memory() noexcept {
    fk_stats stats{};
    backend_.stats(state_, &stats);
    const uint64_t change =
        stats.memory > reported_ ? stats.memory - reported_ : reported_ - stats.memory;
    if (change <= reported_ / 16) return;
    reported_ = stats.memory;
    const fk_value params[] = {FK_INT(stats.memory), FK_INT(stats.memory_peak)};
    const fk_value list = FK_ARRAY(params);
    peer_.notify("$/memory", &list);
}

std::string fk_vm::too_long(const char *what) const {
    return std::string(what) + ": the message would be longer than max_message, " +
           std::to_string(options_.max_message) + " bytes";
}
