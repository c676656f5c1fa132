// SPDX-License-Identifier: MIT
// Rooms of computers alone, one after the other: for trying a server out, and for measuring it.
#pragma once

#include "lobby.h"

#include <chrono>

namespace server {

struct SelfPlayOptions {
    int rooms = 0; // at once; 0: none
    int games = 0; // in all; 0: no end
    int seats = 0;
};

class SelfPlay {
  public:
    SelfPlay(SelfPlayOptions options, Lobby &lobby) : options_(options), lobby_(lobby) {}

    // False: nothing is left to wait for. room_ended() opens the next room.
    bool start();
    bool room_ended(const fk::room::RoomEnd &end);

    // By their rules, or closed as ThreadOptions says.
    bool all_over() const { return over_ + closed_ == ended_ && problem_.empty(); }
    std::string summary() const; // JSON

  private:
    bool wants_more() const;
    void open_next();

    const SelfPlayOptions options_;
    Lobby &lobby_;
    std::chrono::steady_clock::time_point start_, end_;
    std::set<int> rooms_;
    int opened_ = 0, over_ = 0, closed_ = 0, ended_ = 0;
    uint64_t early_memory_ = 0,
             memory_ = 0; // of this process, resident: after the 50th game, after the last
    std::string problem_;
};

} // namespace server
