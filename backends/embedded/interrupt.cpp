// SPDX-License-Identifier: MIT
#include "interrupt.h"

#include "base/clock.h"
#include "base/fast_tls.h"
#include "monitor.h"
#include "runtime.h"

#include <algorithm>
#include <csignal>
#include <ctime>

namespace fkvm {
namespace {

// The interrupter whose VM runs on this thread.
FK_FAST_TLS thread_local Interrupter *volatile here = nullptr;

thread_local uint64_t unblocked =
    0; // signals that this thread lets through since it called a VM, a bit each

constexpr uint64_t retry_ns = 10'000'000;

uint64_t limit_ns(uint32_t ms) noexcept {
    return ms == FK_NO_LIMIT ? UINT64_MAX : uint64_t{ms} * 1'000'000;
}

} // namespace

Interrupter::Interrupter(const fk_host *host, fk_vm *vm, const fk_vm_options &options) noexcept
    : host_(host), vm_(vm), signal_(options.interrupt_signal),
      shortest_(std::min(limit_ns(options.open_timeout), limit_ns(options.call_timeout))) {
    counting_ = !signal_ && shortest_ != UINT64_MAX && !(options.flags & FK_OPEN_DEFAULT_TIMEOUTS);
}

Interrupter::~Interrupter() {
    if (watched_) unwatch(this);
}

bool Interrupter::start(lua_State *main, const char **problem) noexcept {
    running_ = main;
    if (counting_) disarm(main);
    if (!signal_) return true;
    if (!install_handler(problem)) return false;
    watched_ = shortest_ != UINT64_MAX && watch(this);
    if (watched_ || shortest_ == UINT64_MAX) return true;
    *problem = "cannot start the thread that watches time limits";
    return false;
}

bool Interrupter::install_handler(const char **problem) noexcept {
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    if (::sigaction(signal_, &action, nullptr) == 0) return true;
    *problem = "interrupt_signal is not a signal that can be handled";
    return false;
}

void Interrupter::unblock() const noexcept {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal_);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    unblocked |= uint64_t{1} << (signal_ - 1);
}

Interrupter::Outer Interrupter::enter(lua_State *L) noexcept {
    const Outer outer{running_, here};
    if (signal_ && !(unblocked >> (signal_ - 1) & 1)) unblock();
    running_ = L;
    here = this;
    run();
    return outer;
}

Asked Interrupter::leave(const Outer &outer) noexcept {
    stop(outer.here == this ? InHost : Idle);
    const Asked asked = asked_;
    if (asked != Asked::Nothing) {
        asked_ = Asked::Nothing;
        disarm(running_);
    }
    running_ = outer.running;
    here = outer.here;
    return asked;
}

void Interrupter::to_host() noexcept { stop(InHost); }

void Interrupter::from_host(lua_State *L, bool failed) noexcept {
    running_ = L;
    run();
    if (asked_ == Asked::Nothing && host_->interrupted(vm_)) asked_ = Asked::Interrupt;
    if (asked_ == Asked::Nothing && failed && now_ns() >= host_->deadline(vm_))
        asked_ = Asked::Timeout;
    if (asked_ != Asked::Nothing) arm(L);
}

// Lua works from here on, towards this deadline.
void Interrupter::run() noexcept {
    if (!signal_) return;
    thread_.store(pthread_self(), std::memory_order_relaxed);
    if (watched_) deadline_.store(host_->deadline(vm_), std::memory_order_relaxed);
    // Ordered before the look at host_->interrupted(), which interrupt() follows with one at this.
    state_.store((state_.load(std::memory_order_relaxed) & ~kind_bits) + turn + RunningKind,
                 std::memory_order_seq_cst);
}

void Interrupter::stop(Kind next) noexcept {
    if (!signal_) return;
    uint64_t now = state_.load(std::memory_order_relaxed);
    for (;;) {
        const auto kind = static_cast<Kind>(now & kind_bits);
        if (kind == RunningKind || kind == InHost || kind == Idle) {
            if (state_.compare_exchange_weak(now, (now & ~kind_bits) + turn + next,
                                             std::memory_order_seq_cst))
                return;
            continue;
        }
        // A signal is on its way; should this thread block it, it is fetched.
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, signal_);
        const timespec moment{0, 1'000'000};
        if (::sigtimedwait(&set, nullptr, &moment) == signal_) take_signal();
        now = state_.load(std::memory_order_relaxed);
    }
}

bool Interrupter::signal(Kind from, Kind to) noexcept {
    uint64_t now = state_.load(std::memory_order_seq_cst);
    if ((now & kind_bits) != from || !signal_) return false;
    if (!state_.compare_exchange_strong(now, (now & ~kind_bits) | to, std::memory_order_seq_cst))
        return false;
    return pthread_kill(thread_.load(std::memory_order_relaxed), signal_) == 0;
}

void Interrupter::take_signal() noexcept {
    const uint64_t now = state_.load(std::memory_order_relaxed);
    const auto kind = static_cast<Kind>(now & kind_bits);
    if (kind != SignalledTimeout && kind != SignalledInterrupt) return;
    asked_ = kind == SignalledTimeout ? Asked::Timeout : Asked::Interrupt;
    arm(running_);
    state_.store((now & ~kind_bits) | RunningKind, std::memory_order_seq_cst);
}

void Interrupter::on_signal(int) {
    if (Interrupter *interrupter = here) interrupter->take_signal();
}

uint64_t Interrupter::look(uint64_t now) noexcept {
    const uint64_t state = state_.load(std::memory_order_seq_cst);
    const uint64_t deadline = deadline_.load(std::memory_order_relaxed);
    const auto kind = static_cast<Kind>(state & kind_bits);
    if (kind == Idle) return shortest_ > UINT64_MAX - now ? UINT64_MAX : now + shortest_;
    if (deadline > now)
        return std::min(deadline, shortest_ > UINT64_MAX - now ? UINT64_MAX : now + shortest_);
    uint64_t expected = state;
    if (kind == RunningKind &&
        state_.compare_exchange_strong(expected, (state & ~kind_bits) | SignalledTimeout,
                                       std::memory_order_seq_cst))
        pthread_kill(thread_.load(std::memory_order_relaxed), signal_);
    return now + retry_ns;
}

void Interrupter::on_count(lua_State *L, lua_Debug *) {
    Interrupter &self = Runtime::of(L).interrupter();
    if (self.asked_ == Asked::Nothing && self.counting_) {
        if (self.host_->interrupted(self.vm_))
            self.asked_ = Asked::Interrupt;
        else if (now_ns() >= self.host_->deadline(self.vm_))
            self.asked_ = Asked::Timeout;
    }
    if (self.asked_ == Asked::Nothing) return self.disarm(L); // made while another was to end
    self.arm(L);
    luaL_error(L, "%s",
               self.asked_ == Asked::Timeout  ? "the call reached its time limit"
               : self.asked_ == Asked::Memory ? "not enough memory"
                                              : "the call was interrupted");
}

void Interrupter::disarm(lua_State *L) noexcept {
    if (counting_)
        lua_sethook(L, on_count, LUA_MASKCOUNT, now_and_then);
    else
        lua_sethook(L, nullptr, 0, 0);
}

} // namespace fkvm
