// SPDX-License-Identifier: MIT
// Lines begin as lib/shim/trace.cpp writes them.
#include "envelope.h"

#include <charconv>

namespace cli {

namespace {

bool skip(std::string_view &text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

bool skip_number(std::string_view &text, int64_t &number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    return true;
}

} // namespace

bool read_envelope(std::string_view line, Envelope &envelope) {
    const bool begins = skip(line, "{\"pid\":") && skip_number(line, envelope.pid) &&
                        skip(line, ",\"vm\":") && skip_number(line, envelope.vm) &&
                        skip(line, ",\"ns\":") && skip_number(line, envelope.ns);
    if (!begins || !line.ends_with("}}")) return false;
    envelope.is_state = skip(line, ",\"state\":{");
    if (!envelope.is_state) {
        envelope.to_vm = skip(line, ",\"to\":\"vm\"");
        if (!envelope.to_vm && !skip(line, ",\"to\":\"server\"")) return false;
        if (!skip(line, ",\"rpc\":{")) return false;
    }
    envelope.text = {line.data() - 1, line.size()};
    return true;
}

} // namespace cli
