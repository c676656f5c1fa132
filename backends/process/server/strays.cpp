// SPDX-License-Identifier: MIT
// Lines that are no message for us: a foreign child may have some, fkvm-host may not.
#include "conversation.h"

namespace fkvm {
namespace {

std::string quoted(std::string_view text) {
    constexpr size_t enough = 200;
    return "'" + std::string(text.substr(0, enough)) + (text.size() > enough ? "...'" : "'");
}

bool is_answer(const RpcMessage &message) noexcept {
    return message.kind == RpcMessage::Result || message.kind == RpcMessage::Error;
}

} // namespace

fk_status Conversation::stray(Peer &peer, std::string_view line,
                              const RpcMessage &message) noexcept {
    try {
        if (known_.is_host) return broken_by_host(line, message);
        if (message.kind == RpcMessage::NotRpc) {
            known_.output(FK_LEVEL_STDOUT, line.data(), line.size());
            known_.output(FK_LEVEL_STDOUT, "\n", 1);
            return FK_OK;
        }
        if (dropped_.fetch_add(1, std::memory_order_relaxed) == 0) report_dropped(line, message);
        if (is_answer(message)) return FK_OK;
        if (++broken_ >= most_broken) {
            problem_ = "it sent " + std::to_string(most_broken) +
                       " broken messages, the last: " + quoted(line);
            return FK_PROTOCOL;
        }
        const int64_t id =
            message.method.empty() ? 0 : message.id; // that of an answer is none of the child's
        return peer.error(id, message.parse_error ? -32700 : -32600, message.problem, nullptr);
    } catch (...) {
        return FK_NO_MEMORY;
    }
}

fk_status Conversation::broken_by_host(std::string_view line, const RpcMessage &message) {
    if (is_answer(message))
        problem_ = "it answered a request that is not open, id " + std::to_string(message.id);
    else if (message.problem)
        problem_ =
            std::string(message.problem) + " (at byte " + std::to_string(message.offset) + ")";
    else
        problem_ = "it sent a line that is no message";
    problem_ += ": " + quoted(line);
    return FK_PROTOCOL;
}

void Conversation::report_dropped(std::string_view line, const RpcMessage &message) {
    const std::string record =
        "the child '" + known_.name + "' sent what cannot be used (counted from now on): " +
        (message.problem ? message.problem : "an answer to no open request") + ": " + quoted(line) +
        "\n";
    known_.output(FK_LEVEL_WARNING, record.data(), record.size());
}

} // namespace fkvm
