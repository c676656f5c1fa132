// SPDX-License-Identifier: MIT
// The lobby: who comes, who goes, and where messages go.
#include "lobby.h"

#include "log.h"
#include "model/shown.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <random>

namespace server {

namespace {

constexpr size_t longest_name = 32; // bytes

struct LogIn {
    std::string name;
    std::optional<std::string> token;
};

std::string new_token() {
    static std::random_device random;
    constexpr char digits[] = "0123456789abcdef";
    std::string token;
    for (int i = 0; i < 32; i++) token += digits[random() % 16];
    return token;
}

} // namespace

} // namespace server

template <>
struct fk::Convert<server::LogIn> : fk::ByFields<server::LogIn> {
    static constexpr std::tuple fields{fk::Field{"name", &server::LogIn::name},
                                       fk::Field{"token", &server::LogIn::token}};
};

namespace server {

// A name is shown to others, on terminals too: what they see must be what it is.
void check_name(std::string_view name) {
    bool visible = false, fine = name.size() <= longest_name;
    for (std::string_view rest = name; fine && !rest.empty();) {
        const fkvm::Character one = fkvm::next_character(rest);
        fine = one.valid && !fkvm::is_deceptive(one.code);
        visible = visible || !fkvm::is_space(one.code);
        rest.remove_prefix(one.bytes);
    }
    if (!fine || !visible)
        throw Refused("a name has 1 to " + std::to_string(longest_name) +
                      " bytes of UTF-8, and no control, direction or invisible characters");
}

Lobby::Lobby(LobbyOptions options, Executor executor, fk::room::RoomThreadPool &pool,
             fk::room::Storage &storage, Accounts &accounts)
    : options_(std::move(options)), executor_(std::move(executor)), pool_(pool), storage_(storage),
      accounts_(accounts), newcomers_(options_.new_accounts, std::chrono::hours(1)),
      lines_(options_.log_lines, std::chrono::minutes(1)) {}

Lobby::Handler Lobby::handler_of(std::string_view what) {
    static const std::map<std::string_view, Handler> handlers = {
        {"rooms", &Lobby::list},         {"ping", &Lobby::ping},
        {"create", &Lobby::create},      {"join", &Lobby::join},
        {"start", &Lobby::start},        {"leave", &Lobby::leave},
        {"observe", &Lobby::observe},    {"trust", &Lobby::trust},
        {"reply", &Lobby::reply},        {"reconnect", &Lobby::reconnect},
        {"surrender", &Lobby::surrender}};
    const auto found = handlers.find(what);
    if (found == handlers.end())
        throw BadMessage("there is no message \"" + std::string(what.substr(0, longest_name)) +
                         "\"");
    return found->second;
}

void Lobby::on_line(Session &session, std::string_view line) noexcept {
    try {
        handle(session, line);
    } catch (const BadMessage &problem) {
        session.end(problem.what());
    } catch (const std::exception &problem) {
        log_event(Level::Error, "server_error",
                  {{"from", session.address()}, {"problem", problem.what()}});
        session.end("server error");
    }
}

void Lobby::handle(Session &session, std::string_view line) {
    const Message message = parse(line);
    try {
        if (message.head.what == "login") return log_in(session, message);
        const Handler handler = handler_of(message.head.what);
        const auto known = by_session_.find(session.number());
        if (known == by_session_.end()) throw Refused("log in first");
        (this->*handler)(players_.at(known->second), message);
    } catch (const Refused &problem) {
        session.send(refusal(message.head, problem.what()));
    }
}

void Lobby::log_in(Session &session, const Message &message) {
    const LogIn wanted = message.as<LogIn>();
    if (by_session_.contains(session.number())) throw Refused("this connection has logged in");
    Player &player = admit(wanted.name, wanted.token.value_or(""), session);
    player.session = session.shared_from_this();
    by_session_[session.number()] = player.id;
    session.logged_in();
    log_client(session, "login",
               {{"player", player.id}, {"name", player.name}, {"from", session.address()}});
    session.send(answer(message.head,
                        {member("player", FK_INT(player.id)), member("token", text(player.token)),
                         member("room", FK_INT(player.room))}));
    load_rates(player);
}

void Lobby::log_client(const Session &session, std::string_view event, Fields fields) {
    const auto dropped = lines_.admit(session.network());
    if (!dropped) return;
    if (*dropped)
        log_event(Level::Warning, "lines_dropped",
                  {{"from", session.network()}, {"count", *dropped}, {"limit", "--address-log"}});
    log_event(Level::Info, event, fields);
}

// Who is here already, or has a seat in a game, is known by the token alone.
Player &Lobby::admit(const std::string &name, const std::string &token, const Session &from) {
    check_name(name);
    if (!accounts_.has(name) && !newcomers_.admit(from.network()))
        throw Refused("your address has had " + std::to_string(newcomers_.most()) +
                      " new accounts within an hour, the most that may be: log in by a name that "
                      "you had before, or later");
    const int id = accounts_.id_of(name);
    const auto found = players_.find(id);
    if (found == players_.end()) {
        Player &player = players_[id];
        player.id = id;
        player.name = name;
        player.token = new_token();
        return player;
    }
    Player &player = found->second;
    if (token != player.token)
        throw Refused(name + (player.session ? " is here already" : " has a seat in a game") +
                      ": log in with the token of that time, or by another name");
    if (player.session) {
        by_session_.erase(player.session->number());
        player.session->end("you have logged in from elsewhere");
        disconnect(player);
    }
    return player;
}

// In the background. What is posted does not run once the lobby is gone.
void Lobby::load_rates(const Player &player) {
    storage_.player_rates(
        player.id, options_.mode,
        [this, id = player.id, executor = executor_](fk::room::Rates rates, const std::string &) {
            boost::asio::post(executor, [this, id, rates] {
                const auto found = players_.find(id);
                if (found != players_.end()) found->second.rates = rates;
            });
        });
}

void Lobby::on_end(Session &session, const std::string &reason) noexcept {
    log_client(session, "disconnected", {{"from", session.address()}, {"reason", reason}});
    const auto known = by_session_.find(session.number());
    if (known == by_session_.end()) return;
    Player &player = players_.at(known->second);
    by_session_.erase(known);
    disconnect(player);
    forget(player);
}

// Who has a seat in a game keeps it.
void Lobby::disconnect(Player &player) {
    player.session.reset();
    const auto room = rooms_.find(player.room);
    if (room == rooms_.end() || !room->second.playing || player.observing)
        return leave_room(player, fk::room::PlayerState::Leave);
    if (const auto thread = pool_.find(player.room))
        thread->set_player_state(player.room, player.id, fk::room::PlayerState::Offline);
}

bool Lobby::kick(int id, const std::string &reason) {
    const auto found = players_.find(id);
    if (found == players_.end()) return false;
    Player &player = found->second;
    const auto session = player.session;
    leave_room(player, fk::room::PlayerState::Run);
    if (session)
        session->end(reason);
    else
        forget(player);
    log_event(Level::Info, "kicked", {{"player", id}, {"reason", reason}});
    return true;
}

// Players live on while they are connected or have a seat.
void Lobby::forget(Player &player) {
    if (!player.session && player.room == 0) players_.erase(player.id);
}

void Lobby::ping(Player &player, const Message &message) {
    player.session->send(answer(message.head));
}

void Lobby::list(Player &player, const Message &message) {
    std::vector<RoomView> views;
    for (const auto &[id, room] : rooms_) views.push_back(view_of(room));
    fk::Scratch scratch;
    player.session->send(answer(message.head, {member("rooms", fk::to_value(views, scratch))}));
}

RoomView Lobby::view_of(const Room &room) const {
    RoomView view{
        room.id, room.owner, room.seats, room.name, room.playing, {}, int(room.observers.size())};
    for (const int id : room.players) view.players.push_back(players_.at(id).name);
    return view;
}

} // namespace server
