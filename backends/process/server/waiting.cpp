// SPDX-License-Identifier: MIT
// How a use of the VM waits for its child: for bytes, a limit, an interrupt, its death; or, in a
// poll, not at all.
#include "base/clock.h"
#include "child_vm.h"

#include <utility>

namespace fkvm {
namespace {

int ms_until(uint64_t moment) noexcept {
    const uint64_t now = now_ns();
    const uint64_t left = moment > now ? (moment - now) / 1'000'000 + 1 : 0;
    return left > INT32_MAX ? -1 : static_cast<int>(left);
}

} // namespace

ChildVm::Turn::Turn(ChildVm &vm, Kind kind) noexcept
    : vm_(vm), polled_(std::exchange(vm.polling_, kind == Polls)) {
    if (vm_.depth_++ > 0) return;
    vm_.patience_.forget();
    vm_.conversation_->forget_unusable();
}

ChildVm::Turn::~Turn() {
    vm_.polling_ = polled_; // a host method of a poll may call, and wait
    vm_.depth_--;
    vm_.conversation_->note_bytes();
}

// Returns when `in` has something, `out` has room, or neither will ever be: the child died, a limit
// passed.
fk_status ChildVm::wait(bool also_writable) noexcept {
    if (polling_) return also_writable ? FK_BUSY : FK_OK; // it reads only what is there
    for (;;) {
        int ms;
        if (const fk_status reason = look_at_limits(&ms)) return reason;
        const Watch::Ready ready = watch_.wait(ms, words_.fd(), also_writable);
        if (ready.error) return FK_NO_MEMORY;
        if (ready.err) words_.drain();
        if (ready.woken) watch_.take_wake(); // must_end() tells why
        if (ready.in) return FK_OK;          // what it wrote comes first
        if (ready.ended) return FK_VM_DIED;
        if (ready.out) return FK_OK;
    }
}

// Has the running work to end, and can the child not be brought to it? FK_OK: no.
fk_status ChildVm::look_at_limits(int *wait_ms) noexcept {
    *wait_ms = -1;
    if (closing_until_) {
        *wait_ms = ms_until(closing_until_);
        return *wait_ms == 0 ? FK_TIMEOUT : FK_OK;
    }
    const fk_status reason = known_.host->must_end(known_.vm);
    if (reason == FK_OK) return FK_OK;
    if (!handshake_.polite() || !patience_.ask(reason, conversation_->peer().messages_out()))
        return reason;
    *wait_ms = patience_.wait_ms();
    return FK_OK;
}

// A wish that came while a host method ran: the child hears of it before it goes on, or it could
// end first.
fk_status ChildVm::before_answer() noexcept {
    if (death_.has_come()) return FK_VM_DIED; // a nested call killed it
    int ms;
    return closing_until_ ? FK_OK : look_at_limits(&ms);
}

fk_status ChildVm::interrupt(fk_status reason) noexcept {
    const Peer *peer = ready_peer_.load(std::memory_order_acquire);
    if (!peer) return FK_OK; // it is being started, which has a deadline
    watch_.wake();
    if (!handshake_.polite()) return reason == FK_OK ? FK_UNSTOPPABLE : FK_OK;
    const uint32_t messages = peer->messages_out(); // before must_end(): of no later function
    const fk_status now = reason == FK_OK ? FK_INTERRUPTED : known_.host->must_end(known_.vm);
    if (now != FK_OK) child_.tell_to_end(now, messages);
    return FK_OK;
}

// One limit for all of it: the good-bye, the last finalizers of the script, the exit.
fk_status ChildVm::close() {
    if (!conversation_ || death_.has_come()) return FK_OK; // the child goes with this
    closing_until_ = now_ns() + uint64_t{known_.options->close_timeout} * 1'000'000;
    Peer &peer = conversation_->peer();
    const fk_status said = peer.call("bye", nullptr, [](const PeerAnswer &) { return FK_OK; });
    conversation_->hang_up();
    if (said == FK_OK) peer.serve_until([] { return false; }); // what finalizers say, up to its end
    if (!child_.reap(said == FK_OK ? ms_until(closing_until_) : 0)) end_child();
    words_.drain();
    return child_.ended() || !child_.kill_refused() ? FK_OK : left_alone();
}

} // namespace fkvm
