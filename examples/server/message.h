// SPDX-License-Identifier: MIT
// The messages of clients: JSON objects, one a line. docs/server.md lists them.
#pragma once

#include <fk/fields.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace server {

// A message that breaks the protocol: what() tells the client how, and its connection ends.
struct BadMessage : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// What an answer repeats of the message.
struct Head {
    std::string what;          // the member "do"
    std::optional<int64_t> id; // the member "id"
};

// One message of a client.
struct Message {
    fk::Value value;
    Head head;

    // The members that T names by fk::ByFields. Throws BadMessage.
    template <class T>
    T as() const {
        T out{};
        fk::Mismatch why;
        if (!fk::from_value(*value, out, why))
            throw BadMessage(why.text(head.what.empty() ? "a message" : head.what));
        return out;
    }
};

// Throws BadMessage.
Message parse(std::string_view line);

// value as text, in the JSON of docs/protocol.md.
std::string json(const fk_value &value);

// ---- lines for clients, without their end ----

using Members = std::initializer_list<fk_member>;
inline fk_member member(const char *name, fk_value value) { return {FK_STR(name), value}; }
inline fk_value text(std::string_view string) { return FK_BYTES(string.data(), string.size()); }

// {"ok":what, ...}, {"error":reason,"do":what}: the answer to a message.
std::string answer(const Head &to, Members members = {});
std::string refusal(const Head &to, std::string_view reason);

// {"event":what, ...}: something happened in the lobby or in the client's room.
std::string event(std::string_view what, Members members = {});

// {"bye":reason}: the last line of a connection.
std::string bye(std::string_view reason);

// {"notify":command,"payload":...}, which comes from the game.
std::string notification(std::string_view command, std::string_view payload);

} // namespace server

template <>
struct fk::Convert<server::Head> : fk::ByFields<server::Head> {
    static constexpr std::tuple fields{fk::Field{"do", &server::Head::what},
                                       fk::Field{"id", &server::Head::id}};
};
