// SPDX-License-Identifier: MIT
// What a game tells a player, as lines to the client's session.
#pragma once

#include "session.h"

#include <fk/room/connection.hpp>

namespace server {

class Wire : public fk::room::Connection {
  public:
    explicit Wire(std::shared_ptr<Session> session) : session_(std::move(session)) {}

    void notify(std::string_view command, fk::room::Bytes payload) override;
    void request(const fk::room::Request &request) override;
    void flush() override;
    void close(std::string_view reason) override;
    // The lobby hears of it by ThreadOptions::room_ended, and tells the client.
    void room_closed(int, fk::room::Ending, std::string_view) override {}

  private:
    const std::shared_ptr<Session> session_;
};

} // namespace server
