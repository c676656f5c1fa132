// SPDX-License-Identifier: MIT
// Requests and notifications. What else a child may say is in output.cpp and strays.cpp.
#include "conversation.h"

#include "member.h"

namespace fkvm {

fk_status Conversation::take_what_is_there(const Watch &watch) noexcept try {
    constexpr uint64_t part = 64 << 10;
    fk_status status = peer_.serve_waiting();
    const uint64_t before = peer_.bytes_in();
    while (status == FK_OK && peer_.bytes_in() - before < part) {
        const Watch::Ready ready = watch.wait(0, -1, false);
        if (!ready.in) quiet_at_ = peer_.bytes_in();
        if (!ready.in && !ready.ended) break;
        status = ready.in ? peer_.serve_available() : FK_VM_DIED;
        if (status != FK_OK || peer_.bytes_in() - quiet_at_ <= known_.options->max_message)
            continue;
        problem_ = "it sent more than max_message, " + std::to_string(known_.options->max_message) +
                   " bytes, while no call ran";
        status = FK_PROTOCOL;
    }
    return status;
} catch (...) {
    return FK_NO_MEMORY;
}

fk_status Conversation::notification(Peer &, const RpcMessage &message) noexcept {
    try {
        const Handshake::Part part = handshake_.part(message.method);
        if (part != Handshake::Part::None) return owner_.handshake(part, message);
        if (message.method.starts_with("$/")) return take_own(message);
        if (output_of(message)) return FK_OK;
        return dispatch(message, true, nullptr);
    } catch (...) {
        return FK_NO_MEMORY;
    }
}

// The protocol's own names. An unknown one is of a later protocol.
fk_status Conversation::take_own(const RpcMessage &message) {
    if (message.method == "$/output") take_output(message.params);
    if (message.method == "$/memory") take_memory(message.params);
    return FK_OK;
}

// "each":[3,4,5] is a notification for each item, which is its first parameter.
fk_status Conversation::dispatch(const RpcMessage &message, bool notification, fk_answer *answer) {
    const std::string_view method = message.method;
    const fk_status status =
        message.each.kind == FK_ARRAY
            ? known_.host->dispatch_each(known_.vm, method.data(), method.size(), &message.each,
                                         &message.params)
            : known_.host->dispatch(known_.vm, method.data(), method.size(), &message.params,
                                    notification, answer);
    if (status == FK_PROTOCOL)
        problem_ = "it called host methods more than max_host_calls, " +
                   std::to_string(known_.options->max_host_calls) + " times, in one call";
    return notification && status != FK_PROTOCOL ? FK_OK : status;
}

fk_status Conversation::request(Peer &peer, const RpcMessage &message) noexcept {
    static const fk_value none{};
    if (output_of(message)) return peer.reply(message.id, none);
    fk_answer given{};
    fk_status status;
    try {
        status = dispatch(message, false, &given);
    } catch (...) {
        status = known_.fail(FK_NO_MEMORY, "out of memory", false);
    }
    if (status == FK_PROTOCOL) return status;
    if (const fk_status reason = owner_.before_answer()) return reason;
    return answer(message.id, status, given);
}

fk_status Conversation::answer(int64_t id, fk_status status, const fk_answer &answer) noexcept {
    if (status != FK_OK)
        return peer_.error(id, answer.code ? answer.code : FK_CODE_INTERNAL,
                           answer.message ? answer.message : "failed", nullptr);
    const fk_status sent = peer_.reply(id, *answer.result);
    if (sent != FK_BAD_VALUE) return sent;
    return peer_.error(id, FK_CODE_BAD_VALUE,
                       "value cannot cross: the result would be a message longer than max_message",
                       nullptr);
}

void Conversation::take_memory(const fk_value &params) noexcept {
    if (params.kind != FK_ARRAY || params.size != 2) return;
    std::atomic<uint64_t> *const targets[] = {&memory_, &memory_peak_};
    for (int i = 0; i < 2; i++)
        if (params.items[i].kind == FK_INT)
            targets[i]->store(static_cast<uint64_t>(params.items[i].integer),
                              std::memory_order_relaxed);
}

void Conversation::note_bytes() noexcept {
    bytes_in_.store(peer_.bytes_in(), std::memory_order_relaxed);
    bytes_out_.store(peer_.bytes_out(), std::memory_order_relaxed);
}

void Conversation::fill(fk_stats *stats) const noexcept {
    stats->memory = memory_.load(std::memory_order_relaxed);
    stats->memory_peak = memory_peak_.load(std::memory_order_relaxed);
    stats->bytes_in = bytes_in_.load(std::memory_order_relaxed);
    stats->bytes_out = bytes_out_.load(std::memory_order_relaxed);
    stats->messages_dropped = dropped_.load(std::memory_order_relaxed);
}

} // namespace fkvm
