// SPDX-License-Identifier: MIT
// fk::room::Connection - the way to one client, which the server implements.
#pragma once

#include <fk/room/types.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace fk::room {

using Bytes = std::span<const std::byte>;

// What a script asks one player. The answer goes to RoomThread::reply() with the same id.
struct Request {
    int64_t id; // counts up for each player; an answer to any but the latest is dropped
    std::string_view command;
    Bytes payload;
    double timeout;    // seconds that the player has; below 0: no limit
    int64_t timestamp; // ms since 1970, from the script: when the time began to run
};

// All functions run on the room's thread, most of them in the middle of a call into the VM: they
// must neither block, nor throw, nor wait for that thread. Views live until the function returns.
// The library holds a shared_ptr while the client is in a room; after room_closed() or a change of
// state that drops the connection it calls nothing any more.
class Connection {
  public:
    virtual ~Connection() = default;

    // 97 % of all traffic: append it to the send queue.
    virtual void notify(std::string_view command, Bytes payload) = 0;
    virtual void request(const Request &request) = 0;

    // After one or more of the above, when the room's turn or another call ends: send what is
    // queued.
    virtual void flush() {}

    // The script throws this player out. Disconnect the client and tell it why; the room sees the
    // player as Offline already.
    virtual void close(std::string_view reason) = 0;

    // The room is gone, once for each player and observer that is still in it: how, and a sentence
    // for the person. The client is the server's again.
    virtual void room_closed(int room, Ending how, std::string_view reason) = 0;
};

} // namespace fk::room
