// SPDX-License-Identifier: MIT
// FreeKill's host methods over a model of rooms and players: what every server answers alike is
// here, the rest is the Server's.
#pragma once

#include "checked.h"
#include "objects.h"

#include <algorithm>
#include <climits>
#include <memory>
#include <vector>

namespace fkvm {

// A Server is a handle: a copy of it goes into each host method. It has the types Player,
// Activity, Room and Task (model.h) and SaveKey, and these functions, which may throw fk::Failure:
//   Player *find_player(int conn); Room *find_room(int id); Task *find_task(int id);
//                       nullptr: there is none
//   set(member, value)  assigns; under a lock where other threads look on
//   send(Player &, command, payload)
//   ask(Player &, command, payload, seconds, timestamp)
//   kick(Player &)
//   delay(Activity &, ms, Hold), set_request_timer(Room &, ms), destroy_request_timer(Room &)
//   resumed(id, over)   of ResumeRooms
//   released(Activity &)  the script holds no reference any more
//   Player &add_npc(Room &), remove_npc(Room &, Player &)
//   add_player_result(id, mode, role, result), add_general_result(general, mode, role, result)
//   SaveKey mode_save(const Player &), SaveKey save_of(int player, key)  0: of the server itself
//   bool save(Activity *, fk_request *, SaveKey, text, Hold query, Hold bytes)
//   load(Activity *, fk_request *, SaveKey, Hold query)
//   const Purse &purse()   of the VM. A Hold is kept as long as what it stands for
template <class Server>
struct HostMethods {
    using Player = typename Server::Player;
    using Activity = typename Server::Activity;
    using Room = typename Server::Room;
    using Task = typename Server::Task;
    using SaveKey = typename Server::SaveKey;
    using Text = std::string_view;
    using Bytes = std::span<const std::byte>;

    Server server;

    // ---- who is meant ---------------------------------------------------------------------------

    template <class T>
    static T &known(T *found, const char *what, int id) {
        if (found) return *found;
        throw fk::Failure(std::string("there is no ") + what + " " + std::to_string(id),
                          FK_CODE_INVALID_PARAMS);
    }
    Player &player(int conn) const {
        return known(server.find_player(conn), "player with connection", conn);
    }
    Room &room(int id) const { return known(server.find_room(id), "room", id); }
    Task &task(int id) const { return known(server.find_task(id), "task", id); }
    Player &user(int id) const {
        if (Player *const found = task(id).user.get()) return *found;
        throw fk::Failure("task " + std::to_string(id) + " has no user", FK_CODE_INVALID_PARAMS);
    }

    // ---- what the server keeps for scripts ------------------------------------------------------

    Hold take(const Activity *of, Thing thing, uint64_t amount = 1) const {
        return server.purse().take(of ? of->holder() : Holder{}, thing, amount);
    }
    // No script lives for three years.
    static double moderate(double ms) { return ms > 0 ? std::min(ms, 1e11) : 0; }

    bool save(Activity *of, fk_request *request, SaveKey key, Text name, Text text) const {
        server.purse().check_name(name);
        const Hold query = take(of, Thing::Queries);
        return server.save(of, request, std::move(key), text, query,
                           take(of, Thing::SaveBytes, name.size() + text.size()));
    }
    void load(Activity *of, fk_request *request, SaveKey key, Text name) const {
        server.purse().check_name(name);
        server.load(of, request, std::move(key), take(of, Thing::Queries));
    }

    // ---- players --------------------------------------------------------------------------------

    void notify(fk::Each<int> conns, Text command, Bytes payload) const {
        std::optional<int> nobody; // others must hear it all the same
        for (const int conn : conns)
            if (Player *const found = server.find_player(conn))
                server.send(*found, command, payload);
            else
                nobody = conn;
        if (nobody) player(*nobody);
    }
    void ask(int conn, Text command, Bytes payload, double seconds,
             std::optional<double> timestamp) const {
        server.ask(player(conn), command, payload, seconds,
                   static_cast<int64_t>(timestamp.value_or(0)));
    }
    Text reply(int conn, std::optional<double>) const {
        const Player &asked = player(conn);
        if (static_cast<int>(asked.spec.state) != static_cast<int>(PlayerState::Online))
            return "__cancel";
        if (asked.question.open) return "__notready";
        return asked.question.answer; // a view: what it points to must stay
    }
    bool thinking(int conn) const { return player(conn).thinking; }
    void set_thinking(int conn, bool thinking) const {
        server.set(player(conn).thinking, thinking);
    }
    void set_died(int conn, bool died) const { server.set(player(conn).died, died); }
    void kick(int conn) const { server.kick(player(conn)); }

    bool save_player(fk_request *request, int conn, Text text) const {
        const Player &of = player(conn);
        return save(of.room, request, server.mode_save(of), "", text);
    }
    void load_player(fk_request *request, int conn) const {
        const Player &of = player(conn);
        load(of.room, request, server.mode_save(of), "");
    }
    bool save_player_key(fk_request *request, int conn, Text key, Text text) const {
        const Player &of = player(conn);
        return save(of.room, request, server.save_of(of.id(), key), key, text);
    }
    void load_player_key(fk_request *request, int conn, Text key) const {
        const Player &of = player(conn);
        load(of.room, request, server.save_of(of.id(), key), key);
    }

    // ---- rooms ----------------------------------------------------------------------------------

    RoomObject get_room(int id) const { return RoomObject(room(id)); }
    void resumed(int id, bool over) const { server.resumed(id, over); }
    void delay(int id, double ms) const {
        Room &in = room(id);
        server.delay(in, moderate(ms), take(&in, Thing::Delays));
    }
    void set_timer(int id, double ms) const { server.set_request_timer(room(id), moderate(ms)); }
    void destroy_timer(int id) const { server.destroy_request_timer(room(id)); }
    void hold(int id) const {
        Room &held = room(id);
        server.set(held.references, std::min(held.references, INT_MAX - 1) + 1);
    }
    void release_room(int id) const { release(room(id)); }
    PlayerObject add_npc(int id) const {
        Room &in = room(id);
        Hold hold = take(&in, Thing::Npcs);
        Player &npc = server.add_npc(in);
        npc.hold = std::move(hold);
        return PlayerObject(npc);
    }
    void remove_npc(int id, int conn) const {
        Room &in = room(id);
        server.remove_npc(in, player(conn));
    }

    void game_over(int id) const { server.set(room(id).game_over, true); }
    int session(int id) const { return room(id).spec.session; }
    Text session_data(int id) const { return room(id).spec.session_data; }
    void set_session_data(int id, Text text) const {
        Room &of = room(id);
        of.session_hold.reset(); // the old text goes
        try {
            of.session_hold = take(&of, Thing::SessionBytes, text.size());
        } catch (...) {
            of.session_hold = take(&of, Thing::SessionBytes, of.spec.session_data.size());
            throw;
        }
        of.spec.session_data = text;
    }
    // A room judges its own people alone, also those who ran away.
    void player_result(int id, int player, std::string mode, std::string role, int result) const {
        Room &of = room(id);
        if (!of.find_player(player))
            throw fk::Failure("player " + std::to_string(player) +
                                  " is not, and was not, in room " + std::to_string(id) +
                                  ": no result is counted",
                              FK_CODE_INVALID_PARAMS);
        count_result(of, "", mode, role);
        server.add_player_result(player, std::move(mode), std::move(role), result);
    }
    void general_result(int id, std::string general, std::string mode, std::string role,
                        int result) const {
        count_result(room(id), general, mode, role);
        server.add_general_result(std::move(general), std::move(mode), std::move(role), result);
    }
    bool save_room(fk_request *request, int id, Text key, Text text) const {
        return save(&room(id), request, server.save_of(0, key), key, text);
    }
    void load_room(fk_request *request, int id, Text key) const {
        load(&room(id), request, server.save_of(0, key), key);
    }

    // ---- tasks ----------------------------------------------------------------------------------

    TaskObject get_task(int id) const { return TaskObject(task(id)); }
    std::optional<PlayerObject> task_player(int id) const {
        const Player *const found = task(id).user.get();
        return found ? std::optional<PlayerObject>(*found) : std::nullopt;
    }
    void delay_task(int id, double ms) const {
        Task &of = task(id);
        server.delay(of, moderate(ms), take(&of, Thing::Delays));
    }
    void release_task(int id) const { release(task(id)); }
    bool save_task(fk_request *request, int id, Text key, Text text) const {
        return save(&task(id), request, server.save_of(0, key), key, text);
    }
    void load_task(fk_request *request, int id, Text key) const {
        load(&task(id), request, server.save_of(0, key), key);
    }
    bool save_user(fk_request *request, int id, Text key, Text text) const {
        return save(&task(id), request, server.save_of(user(id).id(), key), key, text);
    }
    void load_user(fk_request *request, int id, Text key) const {
        load(&task(id), request, server.save_of(user(id).id(), key), key);
    }

  private:
    void count_result(Room &of, Text general, Text mode, Text role) const {
        for (const Text name : {general, mode, role}) server.purse().check_name(name);
        of.results.push_back(take(&of, Thing::Results));
    }
    void release(Activity &activity) const {
        server.set(activity.references, std::max(activity.references, 1) - 1);
        if (activity.references <= 0) server.released(activity);
    }
};

template <class M>
using AllMethods = MethodSet<
    Checked<"RoomThread_getRoom", &M::get_room>, Checked<"RoomThread_resumed", &M::resumed>,
    Checked<"ServerPlayer_doNotify", &M::notify>, Checked<"ServerPlayer_doRequest", &M::ask>,
    Checked<"ServerPlayer_waitForReply", &M::reply>, Checked<"ServerPlayer_thinking", &M::thinking>,
    Checked<"ServerPlayer_setThinking", &M::set_thinking>,
    Checked<"ServerPlayer_setDied", &M::set_died>, Checked<"ServerPlayer_emitKick", &M::kick>,
    Checked<"ServerPlayer_saveState", &M::save_player>,
    Checked<"ServerPlayer_getSaveState", &M::load_player>,
    Checked<"ServerPlayer_saveGlobalState", &M::save_player_key>,
    Checked<"ServerPlayer_getGlobalSaveState", &M::load_player_key>,
    Checked<"Room_delay", &M::delay>, Checked<"Room_setRequestTimer", &M::set_timer>,
    Checked<"Room_destroyRequestTimer", &M::destroy_timer>,
    Checked<"Room_updatePlayerWinRate", &M::player_result>,
    Checked<"Room_updateGeneralWinRate", &M::general_result>,
    Checked<"Room_gameOver", &M::game_over>, Checked<"Room_increaseRefCount", &M::hold>,
    Checked<"Room_decreaseRefCount", &M::release_room>, Checked<"Room_getSessionId", &M::session>,
    Checked<"Room_getSessionData", &M::session_data>,
    Checked<"Room_setSessionData", &M::set_session_data>, Checked<"Room_addNpc", &M::add_npc>,
    Checked<"Room_removeNpc", &M::remove_npc>, Checked<"Room_saveGlobalState", &M::save_room>,
    Checked<"Room_getGlobalSaveState", &M::load_room>, Checked<"Server_getTask", &M::get_task>,
    Checked<"Task_getPlayer", &M::task_player>, Checked<"Task_delay", &M::delay_task>,
    Checked<"Task_saveGlobalState", &M::save_task>,
    Checked<"Task_getGlobalSaveState", &M::load_task>,
    Checked<"Task_savePlayerGlobalState", &M::save_user>,
    Checked<"Task_getPlayerGlobalSaveState", &M::load_user>,
    Checked<"Task_decreaseRefCount", &M::release_task>>;

// Calls bind(name, callable) for each host method of server.
template <class Server, class Bind>
void each_host_method(Server server, Bind bind) {
    AllMethods<HostMethods<Server>>::each(HostMethods<Server>{server}, bind);
}

} // namespace fkvm
