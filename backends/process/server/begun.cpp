// SPDX-License-Identifier: MIT
// Calls that nobody waits for in here: their answers come in some later use of the VM.
#include "answer.h"
#include "child_vm.h"

namespace fkvm {

// What the child does not take at once leaves with a later use.
fk_status ChildVm::begin(const char *method, const fk_value *params, uint64_t ticket) {
    if (death_.has_come()) return death_.tell(FK_VM_DIED);
    method_ = method;
    Peer &peer = conversation_->peer();
    fk_status status;
    {
        const Turn turn(*this, Turn::Polls);
        int64_t id;
        status = peer.begin(method, params, &id);
        if (status == FK_BAD_VALUE) return too_long(method);
        if (status == FK_OK) {
            begun_.emplace(id, ticket);
            status = peer.flush();
        }
    }
    watch_.writable_too(status == FK_BUSY);
    if (status == FK_VM_DIED) peer.serve_waiting(); // what it said last
    return status == FK_OK || status == FK_BUSY ? FK_OK : ended(status, method);
}

bool ChildVm::answered(const RpcMessage &message) noexcept {
    const bool is_broken = message.kind == RpcMessage::Broken;
    if (message.kind != RpcMessage::Result && message.kind != RpcMessage::Error && !is_broken)
        return false;
    const auto found = begun_.find(is_broken ? message.answers : message.id);
    if (found == begun_.end()) return false;
    const uint64_t ticket = found->second;
    begun_.erase(found);
    guarded([&] { return take_begun(ticket, message), FK_OK; });
    return true;
}

void ChildVm::take_begun(uint64_t ticket, const RpcMessage &answer) {
    const fk_host &host = *known_.host;
    if (answer.kind == RpcMessage::Result)
        return host.ended(known_.vm, ticket, FK_OK, &answer.value);
    if (answer.kind == RpcMessage::Broken)
        return host.ended(known_.vm, ticket, unreadable(answer), nullptr);
    const AnsweredError error(answer);
    const fk_failure failure = error.failure();
    host.fail(known_.vm, error.status, &failure);
    host.ended(known_.vm, ticket, error.status, nullptr);
}

} // namespace fkvm
