// SPDX-License-Identifier: MIT
// The table of the example game.
#include "tidefall.h"

#include "term.h"

#include <fk/fields.hpp>

#include <algorithm>
#include <cstdio>

namespace play {

namespace {

struct Table {
    int you = 0;
    std::vector<Card> hand;
    std::vector<Seat> seats;
};

struct Focus {
    std::vector<int> seats;
    std::string prompt;
};

struct GameOver {
    std::string name;
};

template <class T>
bool read_json(std::string_view text, T &out) {
    fk_value *value = nullptr;
    if (fk_value_from_json(text.data(), text.size(), &value) != FK_OK) return false;
    return fk::fits(*fk::Value(value), out);
}

int byte_at(std::string_view bytes, size_t at) {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

int word_at(std::string_view bytes, size_t at) {
    return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8;
}

std::string repeated(const char *glyph, int times) {
    std::string text;
    while (times-- > 0) text += glyph;
    return text;
}

} // namespace

} // namespace play

template <>
struct fk::Convert<play::Seat> : fk::ByFields<play::Seat> {
    using Seat = play::Seat;
    static constexpr std::tuple fields{
        fk::Field{"seat", &Seat::seat}, fk::Field{"name", &Seat::name},
        fk::Field{"health", &Seat::health}, fk::Field{"cards", &Seat::cards}};
};
template <>
struct fk::Convert<play::Card> : fk::ByFields<play::Card> {
    static constexpr std::tuple fields{fk::Field{"label", &play::Card::label}};
};
template <>
struct fk::Convert<play::Option> : fk::ByFields<play::Option> {
    static constexpr std::tuple fields{fk::Field{"reply", &play::Option::reply},
                                       fk::Field{"text", &play::Option::text}};
};
template <>
struct fk::Convert<play::Question> : fk::ByFields<play::Question> {
    using Question = play::Question;
    static constexpr std::tuple fields{fk::Field{"prompt", &Question::prompt},
                                       fk::Field{"default", &Question::fallback},
                                       fk::Field{"options", &Question::options}};
};
template <>
struct fk::Convert<play::Table> : fk::ByFields<play::Table> {
    static constexpr std::tuple fields{fk::Field{"you", &play::Table::you},
                                       fk::Field{"hand", &play::Table::hand},
                                       fk::Field{"seats", &play::Table::seats}};
};
template <>
struct fk::Convert<play::Focus> : fk::ByFields<play::Focus> {
    static constexpr std::tuple fields{fk::Field{"seats", &play::Focus::seats},
                                       fk::Field{"prompt", &play::Focus::prompt}};
};
template <>
struct fk::Convert<play::GameOver> : fk::ByFields<play::GameOver> {
    static constexpr std::tuple fields{fk::Field{"name", &play::GameOver::name}};
};

namespace play {

std::optional<Question> Question::read(std::string_view payload) {
    Question question;
    if (!read_json(payload, question)) return {};
    return question;
}

std::string Tidefall::take(std::string_view command, std::string_view payload) {
    if (command == "Log") return cli::harmless(payload);
    if (command == "Table") return take_table(payload);
    if (command == "State") return take_state(payload);
    if (command == "Focus") return take_focus(payload);
    if (command == "Hand" && read_json(payload, hand_)) return "";
    GameOver over;
    if (command != "GameOver" || !read_json(payload, over)) return "";
    return over.name.empty() ? "Nobody wins" : cli::harmless(over.name) + " wins";
}

std::string Tidefall::take_table(std::string_view payload) {
    Table table;
    if (!read_json(payload, table)) return "";
    you_ = table.you;
    hand_ = std::move(table.hand);
    seats_ = std::move(table.seats);
    return you_ ? "" : "You watch";
}

// round u16, seat in turn u8, deck u16, pile u16, seats u8; for each: seat, health, cards, state,
// u8 each.
std::string Tidefall::take_state(std::string_view payload) {
    round_ = word_at(payload, 0);
    turn_ = byte_at(payload, 2);
    deck_ = word_at(payload, 3);
    pile_ = word_at(payload, 5);
    for (size_t at = 8; at + 4 <= payload.size(); at += 4)
        for (Seat &seat : seats_) {
            if (seat.seat != byte_at(payload, at)) continue;
            seat.health = byte_at(payload, at + 1);
            seat.cards = byte_at(payload, at + 2);
            seat.state = byte_at(payload, at + 3);
        }
    return "";
}

std::string Tidefall::take_focus(std::string_view payload) const {
    Focus focus;
    if (!read_json(payload, focus) || std::ranges::count(focus.seats, you_)) return "";
    std::string names;
    for (const Seat &seat : seats_)
        if (std::ranges::count(focus.seats, seat.seat))
            names += (names.empty() ? "" : ", ") + seat.name;
    return cli::styled(stdout, cli::Style::Dim,
                       cli::harmless("  ... " + names + ": " + focus.prompt));
}

std::string Tidefall::picture() const {
    static const char *const states[] = {"",     "",         "trusts", "ran away",
                                         "left", "computer", "offline"};
    std::string text = "Round " + std::to_string(round_) + ", deck " + std::to_string(deck_) +
                       ", pile " + std::to_string(pile_) + "\n";
    for (const Seat &seat : seats_) {
        const std::string line =
            std::string(seat.seat == turn_ ? "> " : "  ") +
            cli::padded(cli::harmless(seat.name), 16) +
            cli::padded(seat.health ? repeated("♥", seat.health) : "fallen", 8) +
            cli::padded(std::to_string(seat.cards) + " cards", 10) +
            (seat.state < 7 ? states[seat.state] : "");
        text +=
            cli::styled(stdout, seat.seat == you_ ? cli::Style::Bold : cli::Style::Plain, line) +
            "\n";
    }
    std::string cards;
    for (const Card &card : hand_) cards += (cards.empty() ? "" : ", ") + cli::harmless(card.label);
    return text + (you_ ? "Your hand: " + cards + "\n" : "");
}

} // namespace play
