// SPDX-License-Identifier: MIT
// A person, or a computer in place of one, at fk-server: what comes from the server and from the
// keyboard, and what goes to the server and to the screen.
#pragma once

#include "client.h"
#include "tidefall.h"

#include "fk_value.h"

namespace play {

struct Plan {
    std::string name, token;
    int seats = 0;             // of a room of one's own; 0: none is opened
    int timeout = 0;           // seconds for replies in it; 0: the server's
    int join = 0, observe = 0; // rooms
    bool alone = false;        // computers take the other seats at once
    bool automatic = false;    // take the default of every question
    int games = 0;             // then leave; 0: no end
    bool quiet = false;        // show no course of games
};

class Play {
  public:
    Play(Plan plan, Client &client) : plan_(std::move(plan)), client_(client) {}

    void begin();
    void take_line(std::string_view line);    // of the server
    void take_input(const std::string &line); // of the keyboard

    bool at_end() const { return at_end_; }
    int exit_code() const { return exit_code_; } // once at_end()

  private:
    struct Handler {
        const char *member;
        void (Play::*take)(const fk_value &message);
    };
    static const Handler handlers[];

    void take_answer(const fk_value &message);
    void take_refusal(const fk_value &message);
    void take_event(const fk_value &message);
    void take_request(const fk_value &message);
    void take_notify(const fk_value &message);
    void take_bye(const fk_value &message);

    void go_on(); // in the lobby: what the plan wants next
    void create(int seats);
    void show_rooms(const fk_value &message);
    void show_room(const fk_value &message);
    void choose(const std::string &word);
    void answer(const std::string &reply);
    void command(const std::string &line);
    void send(std::initializer_list<fk_member> members);
    void say(const std::string &text) const;
    void end(int exit_code);

    const Plan plan_;
    Client &client_;
    Tidefall table_;
    Question question_;
    int64_t number_ = 0; // of the question that is open; 0: none
    int played_ = 0;
    bool at_end_ = false;
    int exit_code_ = 0;
};

} // namespace play
