// SPDX-License-Identifier: MIT
// What a game tells a player, as lines to the client's session.
#include "wire.h"

#include "message.h"

namespace server {

namespace {

std::string_view text_of(fk::room::Bytes bytes) {
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

} // namespace

void Wire::notify(std::string_view command, fk::room::Bytes payload) {
    session_->queue(notification(command, text_of(payload)));
}

void Wire::request(const fk::room::Request &request) {
    const fk_member members[] = {member("request", text(request.command)),
                                 member("number", FK_INT(request.id)),
                                 member("payload", text(text_of(request.payload))),
                                 member("seconds", FK_DOUBLE(request.timeout)),
                                 member("timestamp", FK_INT(request.timestamp))};
    session_->queue(json(FK_OBJECT(members)));
}

void Wire::flush() { session_->push(); }

void Wire::close(std::string_view reason) { session_->end(std::string(reason)); }

} // namespace server
