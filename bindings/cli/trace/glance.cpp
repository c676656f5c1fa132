// SPDX-License-Identifier: MIT
// Messages as lib/wire writes them are cut at their known places; all others are parsed.
#include "glance.h"

#include "json.h"

#include <charconv>

namespace cli {

namespace {

const std::string_view message_begins = R"({"jsonrpc":"2.0",)", id_begins = R"(,"id":)",
                       method_begins = R"("method":")", params_begin = R"(,"params":)",
                       result_begins = R"("result":)";

bool skip_past(std::string_view &text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

// Values end with a bracket, a quote or a word: digits after ,"id": at the end are the message's.
int64_t take_id(std::string_view &text) {
    const size_t digits = text.find_last_not_of("0123456789") + 1;
    if (digits == text.size() || !text.substr(0, digits).ends_with(id_begins)) return 0;
    int64_t id = 0;
    const auto end = text.data() + text.size();
    if (std::from_chars(text.data() + digits, end, id).ec != std::errc()) return 0;
    text = text.substr(0, digits - id_begins.size());
    return id;
}

bool cut(std::string_view text, Glance &glance) {
    if (!skip_past(text, message_begins) || !text.ends_with('}')) return false;
    text.remove_suffix(1);
    glance.id = take_id(text);
    if (glance.id && skip_past(text, result_begins)) {
        glance.kind = Rpc::Result;
        glance.body = text;
        return true;
    }
    if (!skip_past(text, method_begins)) return false;
    const size_t end = text.find('"');
    if (end == std::string_view::npos || end == 0) return false;
    glance.method = text.substr(0, end);
    if (glance.method.find('\\') != std::string_view::npos) return false;
    text.remove_prefix(end + 1);
    if (!text.empty() && !skip_past(text, params_begin)) return false;
    glance.kind = glance.id ? Rpc::Request : Rpc::Notification;
    glance.body = text;
    return true;
}

} // namespace

bool Glancer::read(std::string_view text, Glance &glance) {
    glance = {};
    return cut(text, glance) || read_whole(text, glance);
}

bool Glancer::read_whole(std::string_view text, Glance &glance) {
    std::string problem;
    if (!read_rpc(text, rpc_, problem)) return false;
    const fk_value &value = rpc_.is_answer() ? rpc_.value : rpc_.params;
    body_ = rpc_.kind == Rpc::Error ? std::string(rpc_.text) : json_of(value);
    glance = {rpc_.kind, rpc_.id, rpc_.method, body_};
    return true;
}

} // namespace cli
