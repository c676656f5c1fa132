// SPDX-License-Identifier: MIT
// Who is here and which rooms there are. Rooms wait for players in the lobby, play on a RoomThread,
// and are gone after one game.
#pragma once

#include "accounts.h"
#include "addresses.h"
#include "log.h"
#include "message.h"
#include "session.h"

#include <fk/room/pool.hpp>

#include <map>
#include <set>

namespace server {

// Somebody who has logged in: until the connection ends, and longer while a game has a seat for
// them.
struct Player {
    int id = 0;
    std::string name, token;
    std::shared_ptr<Session> session; // none: offline
    int room = 0;                     // 0: in the lobby
    bool observing = false;           // that room
    fk::room::Rates rates;            // of earlier games
};

struct Room {
    int id = 0, owner = 0, seats = 0, timeout = 0;
    std::string name, settings;
    bool playing = false;
    std::vector<int> players; // people that have a seat
    std::set<int> observers;
};

// What cannot be done now, and why: the answer is an error, the connection stays.
struct Refused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Room as clients see it.
struct RoomView {
    int room, owner, seats;
    std::string name;
    bool playing;
    std::vector<std::string> players;
    int observers;
};

struct LobbyOptions {
    unsigned new_accounts = 60;   // of one address an hour; 0: no limit
    unsigned log_lines = 600;     // about one address a minute; 0: no limit
    int max_rooms = 10'000;       // waiting and playing
    int seats = 2, max_seats = 8; // of a room whose owner does not say; at most
    int timeout = 15;             // seconds for a reply, the same
    std::string settings;         // bytes for the script, the same
    std::string mode;             // under which results of players are kept
    // In rooms of computers alone: Robot, or Trust, for whom scripts do all that they do for
    // people.
    fk::room::PlayerState computers = fk::room::PlayerState::Trust;
};

// Throws Refused unless people may be shown this name.
void check_name(std::string_view name);

// All functions belong to the thread of `executor`.
class Lobby : public SessionEvents {
  public:
    using Executor = boost::asio::any_io_executor;

    Lobby(LobbyOptions options, Executor executor, fk::room::RoomThreadPool &pool,
          fk::room::Storage &storage, Accounts &accounts);

    void on_line(Session &session, std::string_view line) noexcept override;
    void on_end(Session &session, const std::string &reason) noexcept override;

    // What ThreadOptions::room_ended told.
    void room_ended(const fk::room::RoomEnd &end);

    // A room of computers alone, playing already. The problem says why there is none.
    fk::room::Added open_computers(int seats);

    // Ends a room that waits for players. False: there is no such room.
    bool close_waiting(int room, const std::string &reason);

    // Ends the player's connection and gives the seat to the computer. False: nobody has this id.
    bool kick(int player, const std::string &reason);

    const std::map<int, Player> &players() const { return players_; }
    const std::map<int, Room> &rooms() const { return rooms_; }

  private:
    using Handler = void (Lobby::*)(Player &, const Message &);
    static Handler handler_of(std::string_view what);

    // lobby.cpp
    void handle(Session &session, std::string_view line);
    void log_in(Session &session, const Message &message);
    void log_client(const Session &session, std::string_view event, Fields fields);
    Player &admit(const std::string &name, const std::string &token, const Session &from);
    void load_rates(const Player &player);
    void disconnect(Player &player);
    void list(Player &player, const Message &message);
    RoomView view_of(const Room &room) const;
    void ping(Player &player, const Message &message);
    void forget(Player &player);

    // waiting.cpp
    void create(Player &player, const Message &message);
    void join(Player &player, const Message &message);
    void start(Player &player, const Message &message);
    Room &new_room(int seats);
    Room &waiting_room(int id);
    void enter(Player &player, Room &room);
    std::string begin(Room &room);
    fk::room::PlayerSpec spec_of(const Player &player) const;
    void leave_waiting(const Player &player, Room &room);
    void tell(const Room &room, const std::string &line) const;
    void tell_room(const Room &room) const;

    // playing.cpp
    void leave(Player &player, const Message &message);
    void observe(Player &player, const Message &message);
    void reconnect(Player &player, const Message &message);
    void trust(Player &player, const Message &message);
    void surrender(Player &player, const Message &message);
    void reply(Player &player, const Message &message);
    std::shared_ptr<fk::room::RoomThread> seat_of(const Player &player) const;
    void stop_observing(int id);
    void send_home(const Room &room, fk::room::Ending how, const std::string &reason);
    void leave_room(Player &player, fk::room::PlayerState state);

    const LobbyOptions options_;
    const Executor executor_;
    fk::room::RoomThreadPool &pool_;
    fk::room::Storage &storage_;
    Accounts &accounts_;
    Allowances newcomers_;
    Allowances lines_; // of the log, a minute
    std::map<int, Player> players_;
    std::map<int64_t, int> by_session_; // Session::number() -> player
    std::map<int, Room> rooms_;
    int last_room_ = 0;
};

} // namespace server

template <>
struct fk::Convert<server::RoomView> : fk::ByFields<server::RoomView> {
    using View = server::RoomView;
    static constexpr std::tuple fields{
        fk::Field{"room", &View::room},          fk::Field{"name", &View::name},
        fk::Field{"owner", &View::owner},        fk::Field{"seats", &View::seats},
        fk::Field{"playing", &View::playing},    fk::Field{"players", &View::players},
        fk::Field{"observers", &View::observers}};
};
