// SPDX-License-Identifier: MIT
// The messages of clients, by the library's own JSON.
#include "message.h"

#include <vector>

namespace server {

namespace {

std::string line(std::vector<fk_member> members, Members more = {}) {
    members.insert(members.end(), more.begin(), more.end());
    return json(FK_MEMBERS(members.data(), members.size()));
}

std::string reply(const Head &to, fk_member first, Members more) {
    std::vector<fk_member> members{first};
    if (to.id) members.push_back(member("id", FK_INT(*to.id)));
    return line(std::move(members), more);
}

} // namespace

std::string json(const fk_value &value) {
    char *made = nullptr;
    size_t size = 0;
    fk::check(fk_value_to_json(&value, &made, &size));
    std::string json(made, size);
    fk_text_free(made);
    return json;
}

Message parse(std::string_view line) {
    fk_value *read = nullptr;
    if (fk_value_from_json(line.data(), line.size(), &read) != FK_OK)
        throw BadMessage(std::string("a message is ") + fk_error_last()->message);
    Message message{fk::Value(read), {}};
    message.head = message.as<Head>();
    return message;
}

std::string answer(const Head &to, Members members) {
    return reply(to, member("ok", text(to.what)), members);
}

std::string refusal(const Head &to, std::string_view reason) {
    return reply(to, member("error", text(reason)), {member("do", text(to.what))});
}

std::string event(std::string_view what, Members members) {
    return line({member("event", text(what))}, members);
}

std::string bye(std::string_view reason) { return line({member("bye", text(reason))}); }

std::string notification(std::string_view command, std::string_view payload) {
    const fk_member members[] = {member("notify", text(command)), member("payload", text(payload))};
    return json(FK_OBJECT(members));
}

} // namespace server
