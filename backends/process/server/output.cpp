// SPDX-License-Identifier: MIT
// Output that a child sends as messages.
#include "conversation.h"
#include "wire/value.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fkvm {

// A piece of output of a child of ours: it need not be a line, nor a whole record.
void Conversation::take_output(const fk_value &params) noexcept {
    static constexpr std::string_view levels[] = {"print", "debug", "info", "warning", "critical"};
    if (params.kind != FK_ARRAY || params.size != 2 || params.items[0].kind != FK_STRING ||
        params.items[1].kind != FK_STRING)
        return;
    const fk_value &text = params.items[0];
    const auto *known = std::find(std::begin(levels), std::end(levels), text_of(params.items[1]));
    const auto level = known == std::end(levels) ? 0 : known - std::begin(levels);
    known_.output(static_cast<fk_level>(level), text.string, text.size);
}

// Of a foreign child, by the names of these methods, as notification or request. True: it was one.
bool Conversation::output_of(const RpcMessage &message) noexcept {
    static constexpr struct {
        std::string_view method;
        fk_level level;
    } levels[] = {{"print", FK_LEVEL_PRINT},
                  {"qDebug", FK_LEVEL_DEBUG},
                  {"qInfo", FK_LEVEL_INFO},
                  {"qWarning", FK_LEVEL_WARNING},
                  {"qCritical", FK_LEVEL_CRITICAL}};
    if (handshake_.strict_names()) return false;
    for (const auto &entry : levels) {
        if (entry.method != message.method) continue;
        if (message.each.kind != FK_ARRAY) write_line(entry.level, nullptr, message.params);
        for (uint32_t i = 0; message.each.kind == FK_ARRAY && i < message.each.size; i++)
            write_line(entry.level, &message.each.items[i], message.params);
        return true;
    }
    return false;
}

// An item of `each`, if there is one, and the parameters, with tabs between: at once, since a
// record may hold newlines.
void Conversation::write_line(fk_level level, const fk_value *first,
                              const fk_value &params) noexcept try {
    std::string line;
    bool separate = false;
    const auto add = [&](const fk_value &text) {
        if (std::exchange(separate, true)) line += '\t';
        if (text.kind == FK_STRING) line += text_of(text);
    };
    if (first) add(*first);
    for (uint32_t i = 0; params.kind == FK_ARRAY && i < params.size; i++) add(params.items[i]);
    line += '\n';
    known_.output(level, line.data(), line.size());
} catch (...) { // out of memory: a line is lost
}

} // namespace fkvm
