// SPDX-License-Identifier: MIT
// Lines that are no message for us: a foreign child may have some, fkvm-host may not.
#include "conversation.h"

#include <cstdio>

namespace fkvm {
namespace {

bool is_answer(const RpcMessage &message) noexcept {
    return message.kind == RpcMessage::Result || message.kind == RpcMessage::Error;
}

} // namespace

std::string shown_bytes(std::string_view text) {
    constexpr size_t enough = 200;
    constexpr std::string_view mark = "\xef\xbb\xbf"; // of the order of bytes: it would not be seen
    std::string result = "'";
    if (text.starts_with(mark)) {
        result += "\\xef\\xbb\\xbf";
        text.remove_prefix(mark.size());
    }
    for (const char c : text.substr(0, enough)) {
        char code[8];
        const auto byte = static_cast<unsigned char>(c);
        std::snprintf(code, sizeof code,
                      byte < 0x20 || byte == 0x7f || byte >= 0xf8 ? "\\x%02x" : "%c", byte);
        result += code;
    }
    return result + (text.size() > enough ? "...'" : "'");
}

fk_status Conversation::stray(Peer &peer, std::string_view line,
                              const RpcMessage &message) noexcept {
    if (owner_.answered(message)) return FK_OK;
    try {
        return known_.is_host ? broken_by_host(line, message) : take_stray(peer, line, message);
    } catch (...) {
        return FK_NO_MEMORY;
    }
}

fk_status Conversation::take_stray(Peer &peer, std::string_view line, const RpcMessage &message) {
    unusable_.last = line.substr(0, 1000);
    if (message.kind == RpcMessage::NotRpc) {
        unusable_.lines++;
        known_.output(FK_LEVEL_STDOUT, line.data(), line.size());
        known_.output(FK_LEVEL_STDOUT, "\n", 1);
        return FK_OK;
    }
    unusable_.messages++;
    if (dropped_.fetch_add(1, std::memory_order_relaxed) == 0) report_dropped(line, message);
    if (is_answer(message)) return FK_OK;
    if (++broken_ >= most_broken) {
        problem_ = "it sent " + std::to_string(most_broken) +
                   " broken messages, the last: " + shown_bytes(line);
        return FK_PROTOCOL;
    }
    const int64_t id =
        message.method.empty() ? 0 : message.id; // that of an answer is none of the child's
    return peer.error(id, message.parse_error ? -32700 : -32600, message.problem, nullptr);
}

void Conversation::forget_unusable() noexcept {
    unusable_.lines = unusable_.messages = 0;
    unusable_.bytes_before = peer_.bytes_in();
}

std::string Conversation::unusable() const {
    if (known_.is_host) return {};
    const std::string_view unfinished = peer_.unfinished();
    std::string text;
    if (unusable_.lines)
        text += "\nLines that were taken as output: " + std::to_string(unusable_.lines) + ".";
    if (unusable_.messages)
        text += "\nMessages that could not be used: " + std::to_string(unusable_.messages) + ".";
    if (!text.empty()) text += " The last: " + shown_bytes(unusable_.last);
    if (!unfinished.empty())
        text += "\nBytes of a line that did not end: " + std::to_string(unfinished.size()) + ": " +
                shown_bytes(unfinished);
    if (text.empty() && peer_.bytes_in() == unusable_.bytes_before)
        text = "\nNothing came from it: does it flush its standard output?";
    return text;
}

fk_status Conversation::broken_by_host(std::string_view line, const RpcMessage &message) {
    if (is_answer(message))
        problem_ = "it answered a request that is not open, id " + std::to_string(message.id);
    else if (message.problem)
        problem_ =
            std::string(message.problem) + " (at byte " + std::to_string(message.offset) + ")";
    else
        problem_ = "it sent a line that is no message";
    problem_ += ": " + shown_bytes(line);
    return FK_PROTOCOL;
}

void Conversation::report_dropped(std::string_view line, const RpcMessage &message) {
    const std::string record =
        "the child '" + known_.name + "' sent what cannot be used (counted from now on): " +
        (message.problem ? message.problem : "an answer to no open request") + ": " +
        shown_bytes(line) + "\n";
    known_.output(FK_LEVEL_WARNING, record.data(), record.size());
}

} // namespace fkvm
