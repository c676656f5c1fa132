// SPDX-License-Identifier: MIT
// What a client of the example game sees: the table, by the payloads that
// examples/cardgame/README.md lists.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace play {

struct Seat {
    int seat = 0;
    std::string name;
    int health = 0, cards = 0, state = 0;
};

struct Card {
    std::string label;
};

struct Option {
    std::string reply, text;
};

// What a player is asked.
struct Question {
    std::string prompt, fallback; // fallback: the reply that is taken if there is none
    std::vector<Option> options;

    // Nothing if payload is none of the game's.
    static std::optional<Question> read(std::string_view payload);
};

class Tidefall {
  public:
    // Takes a notify in; returns what is worth a line on the screen, or "".
    std::string take(std::string_view command, std::string_view payload);

    // Several lines: seats and hand.
    std::string picture() const;

  private:
    std::string take_table(std::string_view payload);
    std::string take_state(std::string_view payload);
    std::string take_focus(std::string_view payload) const;

    int you_ = 0, round_ = 0, turn_ = 0, deck_ = 0, pile_ = 0;
    std::vector<Seat> seats_;
    std::vector<Card> hand_;
};

} // namespace play
