// SPDX-License-Identifier: MIT
#include "interrupt.h"

#include "base/clock.h"
#include "base/fast_tls.h"
#include "runtime.h"

#include <string>

namespace fkvm {
namespace {

// The interrupter whose VM runs on this thread.
FK_FAST_TLS thread_local Interrupter *volatile here = nullptr;

} // namespace

Interrupter::Interrupter(const fk_host *host, fk_vm *vm, const fk_vm_options &options) noexcept
    : host_(host), vm_(vm), wanted_(options.interrupt_signal),
      limited_(options.open_timeout != FK_NO_LIMIT || options.call_timeout != FK_NO_LIMIT) {}

bool Interrupter::start(lua_State *main, const char **problem) noexcept {
    running_ = main;
    if (!signal_.take(wanted_, on_signal)) {
        *problem = "interrupt_signal is not a signal that can be handled";
        return false;
    }
    counting_ = !signal_.number() && (limited_ || wanted_ != FK_NO_SIGNAL);
    if (counting_) disarm(main);
    if (counting_) described_ = "count hook";
    if (signal_.number()) described_ = "signal " + std::to_string(signal_.number());
    return true;
}

Interrupter::Outer Interrupter::enter(lua_State *L) noexcept {
    const Outer outer{running_, here};
    signal_.unblock();
    running_ = L;
    here = this;
    run();
    look();
    return outer;
}

fk_status Interrupter::leave(const Outer &outer) noexcept {
    stop(outer.here == this ? InHost : Idle);
    const fk_status asked = asked_;
    if (asked != FK_OK) {
        asked_ = FK_OK;
        disarm(running_);
    }
    running_ = outer.running;
    here = outer.here;
    return asked;
}

void Interrupter::to_host() noexcept { stop(InHost); }

void Interrupter::from_host(lua_State *L) noexcept {
    running_ = L;
    run();
    look();
}

// Ordered before the look at must_end(), which interrupt() follows with one at this.
void Interrupter::run() noexcept {
    if (!signal_.number()) return;
    signal_.go_to_this_thread();
    const uint64_t now = state_.load(std::memory_order_relaxed);
    state_.store((now & ~kind_bits) + turn + Running, std::memory_order_seq_cst);
}

void Interrupter::look() noexcept {
    if (asked_ == FK_OK) asked_ = host_->must_end(vm_);
    if (asked_ != FK_OK) arm(running_);
}

void Interrupter::stop(Kind next) noexcept {
    if (!signal_.number()) return;
    uint64_t now = state_.load(std::memory_order_relaxed);
    for (;;) {
        if ((now & kind_bits) != Signalled) {
            const uint64_t then = (now & ~kind_bits) + turn + next;
            if (state_.compare_exchange_weak(now, then, std::memory_order_seq_cst)) return;
            continue;
        }
        // A signal is on its way; should this thread block it, it is fetched. If the program has
        // given it another handler, or ignores it, it never comes.
        if (signal_.fetch() || !signal_.is_handled_by(on_signal)) take_signal();
        now = state_.load(std::memory_order_relaxed);
    }
}

fk_status Interrupter::interrupt() noexcept {
    if (!signal_.number()) return counting_ ? FK_OK : FK_UNSTOPPABLE;
    uint64_t now = state_.load(std::memory_order_seq_cst);
    const uint64_t signalled = (now & ~kind_bits) | Signalled;
    if ((now & kind_bits) == Running && host_->must_end(vm_) != FK_OK &&
        state_.compare_exchange_strong(now, signalled, std::memory_order_seq_cst))
        signal_.send();
    return FK_OK;
}

void Interrupter::take_signal() noexcept {
    const uint64_t now = state_.load(std::memory_order_relaxed);
    if ((now & kind_bits) != Signalled) return;
    look();
    state_.store((now & ~kind_bits) | Running, std::memory_order_seq_cst);
}

void Interrupter::on_signal(int) {
    if (Interrupter *interrupter = here) interrupter->take_signal();
}

void Interrupter::begin_closing(lua_State *L, uint32_t limit_ms) noexcept {
    if (no_finalizers_.load(std::memory_order_relaxed)) limit_ms = 0;
    close_limit_ms_ = limit_ms;
    closing_until_ =
        limit_ms == FK_NO_LIMIT ? UINT64_MAX : now_ns() + uint64_t{limit_ms} * 1'000'000;
    asked_ = FK_OK;
    running_ = L;
}

bool Interrupter::closing_is_over() noexcept {
    return closing_until_ && now_ns() >= closing_until_;
}

void Interrupter::on_count(lua_State *L, lua_Debug *) {
    Runtime &runtime = Runtime::of(L);
    Interrupter &self = runtime.interrupter();
    if (self.closing_until_) {
        if (!self.closing_is_over()) return;
        self.arm(L); // if the script catches it, it comes again
        luaL_error(L, "the closing of the VM reached its limit of %d ms (close_timeout)",
                   static_cast<int>(self.close_limit_ms_));
    }
    if (self.asked_ == FK_OK && self.counting_) self.asked_ = self.host_->must_end(self.vm_);
    if (self.asked_ == FK_OK) return self.disarm(L); // made while another was to end
    self.arm(L);
    runtime.ends_in(L);
    luaL_error(L, "%s",
               self.asked_ == FK_TIMEOUT        ? "the call reached its time limit"
               : self.asked_ == FK_MEMORY_LIMIT ? "not enough memory"
                                                : "the call was interrupted");
}

void Interrupter::disarm(lua_State *L) noexcept {
    if (counting_)
        lua_sethook(L, on_count, LUA_MASKCOUNT, now_and_then);
    else
        lua_sethook(L, nullptr, 0, 0);
}

} // namespace fkvm
