// SPDX-License-Identifier: MIT
// Opening and calling. How a call waits is in waiting.cpp, how the child is ended in ending.cpp.
#include "child_vm.h"

#include "answer.h"

#include <cerrno>
#include <cstring>

namespace fkvm {
fk_status ChildVm::open() {
    const fk_status status = start();
    return status == FK_OK ? greet() : status;
}

fk_status ChildVm::start() {
    if (const fk_status status = source_.start(known_, words_)) return death_.quiet(), status;
    handshake_.be_polite(known_.is_host);
    if (const int error = watch_.make(child_)) return not_watched(error);
    conversation_.emplace(known_, handshake_, child_, *this);
    ready_peer_.store(&conversation_->peer(), std::memory_order_release);
    return FK_OK;
}

fk_status ChildVm::not_watched(int error) {
    end_child();
    death_.quiet();
    const std::string problem = "cannot watch '" + known_.name + "': " + std::strerror(error);
    return known_.fail(error == ENOMEM ? FK_NO_MEMORY : FK_OPEN_FAILED, problem.c_str(), true);
}

fk_status ChildVm::greet() {
    const fk_status status =
        conversation_->peer().serve_until([&] { return handshake_.is_over(); });
    return status == FK_OK || loading_failed_ ? status : ended(status, "hello");
}

fk_status ChildVm::handshake(Handshake::Part part, const RpcMessage &message) {
    if (part == Handshake::Part::Failed) return loading_failed(message);
    if (part == Handshake::Part::Hello) return handshake_.take_hello(message);
    return handshake_.take_starting(), FK_OK;
}

// The child's own error of loading becomes ours.
fk_status ChildVm::loading_failed(const RpcMessage &message) {
    const LoadingFailure said = read_loading_failure(message);
    const fk_status status = patience_.reason() == FK_OK ? said.status : patience_.reason();
    const bool host_says = status == FK_TIMEOUT || status == FK_INTERRUPTED;
    child_.reap(exit_grace_ms);
    end_child();
    words_.drain();
    death_.quiet();
    loading_failed_ = true;
    const fk_failure failure{sizeof failure,
                             host_says ? nullptr : said.message.c_str(),
                             said.traceback.empty() ? nullptr : said.traceback.c_str(),
                             0,
                             0,
                             true};
    return known_.host->fail(known_.vm, status, &failure);
}

fk_status ChildVm::call(const char *method, const fk_value *params) {
    if (death_.has_come()) return death_.tell(FK_VM_DIED);
    bool answered = false; // then what failed is this call, not the conversation
    method_ = method;
    const Turn turn(*this, Turn::Waits);
    const fk_status status =
        conversation_->peer().call(method, params, [&](const PeerAnswer &answer) {
            const fk_status outcome = guarded([&] { return take(answer); });
            answered = true;
            return outcome;
        });
    if (status == FK_OK || answered) return status;
    return status == FK_BAD_VALUE ? too_long(method) : ended(status, method);
}

fk_status ChildVm::take(const RpcMessage &answer) {
    if (answer.kind == RpcMessage::Result) return known_.host->result(known_.vm, &answer.value);
    if (answer.kind == RpcMessage::Broken) return unreadable(answer);
    const AnsweredError error(answer);
    fk_failure failure = error.failure();
    fk_status status = error.status;
    fk_status reason = patience_.reason();
    if (reason == FK_OK) reason = known_.host->must_end(known_.vm); // another thread has asked it
    if (reason != FK_OK) {
        patience_.renew();
        status = reason;
        failure.message = nullptr; // the host's words
    }
    return known_.host->fail(known_.vm, status, &failure);
}

fk_status ChildVm::unreadable(const RpcMessage &answer) {
    const std::string message = "the child '" + known_.name + "' answered '" + method_ +
                                "' with what cannot be read: " + answer.problem + " (at byte " +
                                std::to_string(answer.offset) + ")";
    return known_.fail(FK_BAD_VALUE, message.c_str(), false);
}

fk_status ChildVm::too_long(const char *method) {
    const std::string message = std::string("params: the message for '") + method +
                                "' would be longer than max_message, " +
                                std::to_string(known_.options->max_message) + " bytes";
    return known_.fail(FK_BAD_VALUE, message.c_str(), false);
}

fk_status ChildVm::notify(const char *method, const fk_value *params) {
    if (death_.has_come()) return death_.tell(FK_VM_DIED);
    method_ = method;
    const Turn turn(*this, Turn::Waits);
    Peer &peer = conversation_->peer();
    fk_status status = peer.notify(method, params);
    if (status == FK_BAD_VALUE) return too_long(method);
    if (status == FK_OK) status = peer.flush();
    if (status == FK_VM_DIED) peer.serve_waiting(); // what it said last
    return status == FK_OK ? FK_OK : ended(status, method);
}

fk_status ChildVm::poll() {
    if (death_.has_come()) return death_.tell(FK_VM_DIED);
    fk_status status;
    {
        const Turn turn(*this, Turn::Polls);
        words_.drain();
        source_.look_after();
        status = conversation_->take_what_is_there(watch_);
        if (status == FK_OK) status = conversation_->peer().flush();
    }
    watch_.writable_too(status == FK_BUSY);
    return status == FK_OK || status == FK_BUSY ? FK_OK : ended(status, nullptr);
}

void ChildVm::stats(fk_stats *stats) const noexcept {
    if (conversation_) conversation_->fill(stats);
    stats->pid = child_.pid();
    stats->from_template = source_.from_template();
    stats->rss = child_.resident();
    stats->sandbox_reached = handshake_.sandbox();
    stats->runtime = handshake_.runtime();
    stats->limited_by = handshake_.polite() ? "the child, or a kill" : "a kill";
}

} // namespace fkvm
