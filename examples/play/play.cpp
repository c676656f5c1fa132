// SPDX-License-Identifier: MIT
// A person, or a computer in place of one, at fk-server.
#include "play.h"

#include "message.h"
#include "term.h"

#include <charconv>
#include <cstdio>
#include <sstream>

namespace play {

using cli::harmless;
using cli::Style;
using server::member;
using server::text;

namespace {

std::string_view text_in(const fk_value &message, const char *name) {
    const fk_value *value = fk_value_member(&message, name);
    return value && value->kind == FK_STRING ? std::string_view(value->string, value->size) : "";
}

int64_t number_in(const fk_value &message, const char *name) {
    const fk_value *value = fk_value_member(&message, name);
    return value && value->kind == FK_INT ? value->integer : 0;
}

// A room of the lobby in one line.
std::string line_of(const fk_value &room) {
    std::string names;
    const fk_value *players = fk_value_member(&room, "players");
    for (uint32_t i = 0; players && players->kind == FK_ARRAY && i < players->size; i++) {
        const fk_value &name = players->items[i];
        if (name.kind == FK_STRING) names += (i ? ", " : " ") + std::string(name.string, name.size);
    }
    const fk_value *playing = fk_value_member(&room, "playing");
    return "room " + std::to_string(number_in(room, "room")) + ", " +
           harmless(text_in(room, "name")) + ": " + std::to_string(number_in(room, "seats")) +
           " seats, " + (playing && playing->integer ? "playing:" : "waiting:") + harmless(names);
}

} // namespace

const Play::Handler Play::handlers[] = {
    {"notify", &Play::take_notify}, {"request", &Play::take_request}, {"ok", &Play::take_answer},
    {"error", &Play::take_refusal}, {"event", &Play::take_event},     {"bye", &Play::take_bye}};

// ---- from the server ----

void Play::begin() {
    if (plan_.token.empty())
        send({member("do", text("login")), member("name", text(plan_.name))});
    else
        send({member("do", text("login")), member("name", text(plan_.name)),
              member("token", text(plan_.token))});
}

void Play::take_line(std::string_view line) {
    fk_value *read = nullptr;
    const bool good = fk_value_from_json(line.data(), line.size(), &read) == FK_OK;
    const fk::Value message(read);
    if (good)
        for (const Handler &handler : handlers)
            if (fk_value_member(message.get(), handler.member))
                return (this->*handler.take)(*message);
    say("The server said something strange: " + harmless(line));
    end(1);
}

void Play::take_answer(const fk_value &message) {
    const std::string_view what = text_in(message, "ok");
    if (what == "rooms") return show_rooms(message);
    if (what == "create" && plan_.alone) return send({member("do", text("start"))});
    if (what == "create" || what == "join")
        return say("You are in room " + std::to_string(number_in(message, "room")));
    if (what == "leave") return go_on();
    if (what != "login") return;
    say("You are player " + std::to_string(number_in(message, "player")) +
        "; to come back into a game: --token " + std::string(text_in(message, "token")));
    if (number_in(message, "room")) return send({member("do", text("reconnect"))});
    go_on();
}

void Play::take_refusal(const fk_value &message) {
    say(cli::styled(stdout, Style::Red, harmless(text_in(message, "error"))));
    const std::string_view what = text_in(message, "do");
    const bool planned = what == "login" || (plan_.automatic && what != "reply");
    if (planned) end(1);
}

void Play::take_event(const fk_value &message) {
    const std::string_view what = text_in(message, "event");
    if (what == "room") return show_room(message);
    if (what == "not_started")
        return say("The game did not begin: " + harmless(text_in(message, "reason")));
    if (what != "closed") return;
    number_ = 0;
    const bool over = text_in(message, "how") == "over";
    if (!over)
        say(cli::styled(stdout, Style::Red,
                        "The game ended: " + harmless(text_in(message, "reason"))));
    if (!over) exit_code_ = 1;
    if (++played_ == plan_.games) return end(exit_code_);
    go_on();
}

void Play::take_request(const fk_value &message) {
    number_ = number_in(message, "number");
    question_ = Question::read(text_in(message, "payload")).value_or(Question{});
    if (plan_.automatic) return answer(question_.fallback);
    say("\n" + table_.picture() + cli::styled(stdout, Style::Bold, harmless(question_.prompt)));
    for (size_t i = 0; i < question_.options.size(); i++) {
        const Option &option = question_.options[i];
        const char *mark = option.reply == question_.fallback ? " *" : "  ";
        say(mark + cli::padded(std::to_string(i), 3, true) + "  " + harmless(option.text));
    }
    say("A number, or Enter for *; /help for more");
}

void Play::take_notify(const fk_value &message) {
    const std::string line = table_.take(text_in(message, "notify"), text_in(message, "payload"));
    if (!plan_.quiet && !line.empty()) say(line);
}

void Play::take_bye(const fk_value &message) {
    say("The server says good-bye: " + harmless(text_in(message, "bye")));
    end(1);
}

// ---- in the lobby ----

void Play::go_on() {
    if (plan_.observe)
        return send({member("do", text("observe")), member("room", FK_INT(plan_.observe))});
    if (plan_.join) return send({member("do", text("join")), member("room", FK_INT(plan_.join))});
    if (plan_.seats) return create(plan_.seats);
    send({member("do", text("rooms"))});
}

void Play::create(int seats) {
    if (plan_.timeout)
        return send({member("do", text("create")), member("seats", FK_INT(seats)),
                     member("timeout", FK_INT(plan_.timeout))});
    send({member("do", text("create")), member("seats", FK_INT(seats))});
}

void Play::show_rooms(const fk_value &message) {
    const fk_value *rooms = fk_value_member(&message, "rooms");
    if (!rooms || rooms->kind != FK_ARRAY) return;
    say(rooms->size ? "The rooms:" : "There are no rooms.");
    for (uint32_t i = 0; i < rooms->size; i++) say("  " + line_of(rooms->items[i]));
    say("/create SEATS, /join ROOM, /observe ROOM, or /help");
}

void Play::show_room(const fk_value &message) {
    if (const fk_value *room = fk_value_member(&message, "room")) say(line_of(*room));
}

// ---- from the keyboard ----

void Play::take_input(const std::string &line) {
    if (line.starts_with('/')) return command(line.substr(1));
    if (number_) return choose(line);
    if (!line.empty()) say("Nothing is asked now; /help tells what can be said");
}

void Play::choose(const std::string &word) {
    if (word.empty()) return answer(question_.fallback);
    size_t chosen = 0;
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), chosen);
    if (failed != std::errc() || end != word.data() + word.size() ||
        chosen >= question_.options.size())
        return say("A number from 0 to " + std::to_string(question_.options.size() - 1) +
                   ", or Enter");
    answer(question_.options[chosen].reply);
}

void Play::answer(const std::string &reply) {
    send({member("do", text("reply")), member("number", FK_INT(number_)),
          member("reply", text(reply))});
    number_ = 0;
}

void Play::command(const std::string &line) {
    std::istringstream in(line);
    std::string word;
    int number = 0;
    in >> word >> number;
    const auto tell = [&](const char *what) { send({member("do", text(what))}); };
    const auto tell_room = [&](const char *what) {
        send({member("do", text(what)), member("room", FK_INT(number))});
    };
    if (word == "create") return create(number);
    if (word == "join" || word == "observe") return tell_room(word.c_str());
    if (word == "rooms" || word == "start" || word == "leave" || word == "surrender")
        return tell(word.c_str());
    if (word == "trust" || word == "play")
        return send({member("do", text("trust")), member("on", FK_BOOL(word == "trust"))});
    if (word == "quit") return end(exit_code_);
    say("/rooms  /create SEATS  /join ROOM  /observe ROOM  /start  the lobby\n"
        "/trust  the computer plays for you; /play  you play again\n"
        "/surrender  /leave  /quit");
}

void Play::send(std::initializer_list<fk_member> members) {
    client_.send(server::json(FK_MEMBERS(members.begin(), members.size())));
}

void Play::say(const std::string &text) const { printf("%s\n", text.c_str()); }

void Play::end(int exit_code) {
    at_end_ = true;
    exit_code_ = exit_code;
}

} // namespace play
