// SPDX-License-Identifier: MIT
// FreeKill's host methods over a model of rooms and players: what every server answers alike is
// here, the rest is the Server's.
#pragma once

#include "model.h"
#include "objects.h"
#include "quotas.h"

#include <fk/freekill/methods.hpp>

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
//   save(Activity *, waits, SaveKey, text, Hold query, Hold bytes)
//                       waits: "query_done" resumes the activity
//   load(Activity *, SaveKey, Hold query, Load)   it may resume the activity by itself
//   const Purse &purse()   of the VM. A Hold is kept as long as what it stands for
template <class Server>
struct HostMethods final : fk::freekill::HostMethods {
    using Player = typename Server::Player;
    using Activity = typename Server::Activity;
    using Room = typename Server::Room;
    using Task = typename Server::Task;
    using SaveKey = typename Server::SaveKey;
    using Text = std::string_view;
    template <class T>
    using Answer = fk::freekill::Answer<T>;
    using Load = fk::freekill::Load;

    explicit HostMethods(Server of) : server(of) {}

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

    // For scripts a save is a notification. One that calls it all the same waits for "query_done".
    void save(Activity *of, SaveKey key, Text name, Text text) const {
        server.purse().check_name(name);
        const Hold query = take(of, Thing::Queries);
        const bool waits = !fk_request_is_notification(request());
        server.save(of, waits, std::move(key), text, query,
                    take(of, Thing::SaveBytes, name.size() + text.size()));
        const fk_value will_be_resumed = FK_BOOL(true);
        if (waits) fk_reply(request(), &will_be_resumed);
    }
    void read(Activity *of, SaveKey key, Text name, const Load &load) const {
        server.purse().check_name(name);
        server.load(of, std::move(key), take(of, Thing::Queries), load);
    }

    // ---- players --------------------------------------------------------------------------------

    void ServerPlayer_doNotify(int conn, Text command, Text payload) override {
        server.send(player(conn), command, payload);
    }
    void ServerPlayer_doRequest(int conn, Text command, Text payload, double seconds,
                                std::optional<double> timestamp) override {
        server.ask(player(conn), command, payload, seconds,
                   static_cast<int64_t>(timestamp.value_or(0)));
    }
    std::string ServerPlayer_waitForReply(int conn, std::optional<double>) override {
        const Player &asked = player(conn);
        if (static_cast<int>(asked.spec.state) != static_cast<int>(PlayerState::Online))
            return "__cancel";
        if (asked.question.open) return "__notready";
        return asked.question.answer;
    }
    bool ServerPlayer_thinking(int conn) override { return player(conn).thinking; }
    void ServerPlayer_setThinking(int conn, bool thinking) override {
        server.set(player(conn).thinking, thinking);
    }
    void ServerPlayer_setDied(int conn, bool died) override { server.set(player(conn).died, died); }
    void ServerPlayer_emitKick(int conn) override { server.kick(player(conn)); }

    void ServerPlayer_saveState(int conn, Text text) override {
        const Player &of = player(conn);
        save(of.room, server.mode_save(of), "", text);
    }
    void ServerPlayer_getSaveState(int conn, Load load) override {
        const Player &of = player(conn);
        read(of.room, server.mode_save(of), "", load);
    }
    void ServerPlayer_saveGlobalState(int conn, Text key, Text text) override {
        const Player &of = player(conn);
        save(of.room, server.save_of(of.id(), key), key, text);
    }
    void ServerPlayer_getGlobalSaveState(int conn, Text key, Load load) override {
        const Player &of = player(conn);
        read(of.room, server.save_of(of.id(), key), key, load);
    }

    // ---- rooms ----------------------------------------------------------------------------------

    Answer<fk::freekill::RoomData> RoomThread_getRoom(int id) override {
        return room_object(room(id));
    }
    void RoomThread_resumed(int id, bool over) override { server.resumed(id, over); }
    void Room_delay(int id, double ms) override {
        Room &in = room(id);
        server.delay(in, moderate(ms), take(&in, Thing::Delays));
    }
    void Room_setRequestTimer(int id, double ms) override {
        server.set_request_timer(room(id), moderate(ms));
    }
    void Room_destroyRequestTimer(int id) override { server.destroy_request_timer(room(id)); }
    void Room_increaseRefCount(int id) override {
        Room &held = room(id);
        server.set(held.references, std::min(held.references, INT_MAX - 1) + 1);
    }
    void Room_decreaseRefCount(int id) override { release(room(id)); }
    Answer<fk::freekill::PlayerData> Room_addNpc(int id) override {
        Room &in = room(id);
        Hold hold = take(&in, Thing::Npcs);
        Player &npc = server.add_npc(in);
        npc.hold = std::move(hold);
        return player_object(npc);
    }
    void Room_removeNpc(int id, int conn) override {
        Room &in = room(id);
        server.remove_npc(in, player(conn));
    }

    void Room_gameOver(int id) override { server.set(room(id).game_over, true); }
    int Room_getSessionId(int id) override { return room(id).spec.session; }
    std::string Room_getSessionData(int id) override { return room(id).spec.session_data; }
    void Room_setSessionData(int id, Text text) override {
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
    void Room_updatePlayerWinRate(int id, int player, Text mode, Text role, int result) override {
        Room &of = room(id);
        if (!of.find_player(player))
            throw fk::Failure("player " + std::to_string(player) +
                                  " is not, and was not, in room " + std::to_string(id) +
                                  ": no result is counted",
                              FK_CODE_INVALID_PARAMS);
        count_result(of, "", mode, role);
        server.add_player_result(player, std::string(mode), std::string(role), result);
    }
    void Room_updateGeneralWinRate(int id, Text general, Text mode, Text role,
                                   int result) override {
        count_result(room(id), general, mode, role);
        server.add_general_result(std::string(general), std::string(mode), std::string(role),
                                  result);
    }
    void Room_saveGlobalState(int id, Text key, Text text) override {
        save(&room(id), server.save_of(0, key), key, text);
    }
    void Room_getGlobalSaveState(int id, Text key, Load load) override {
        read(&room(id), server.save_of(0, key), key, load);
    }

    // ---- tasks ----------------------------------------------------------------------------------

    Answer<fk::freekill::TaskData> Server_getTask(int id) override { return task_object(task(id)); }
    Answer<fk::freekill::PlayerData> Task_getPlayer(int id) override {
        if (const Player *const found = task(id).user.get()) return player_object(*found);
        return std::nullopt;
    }
    void Task_delay(int id, double ms) override {
        Task &of = task(id);
        server.delay(of, moderate(ms), take(&of, Thing::Delays));
    }
    void Task_decreaseRefCount(int id) override { release(task(id)); }
    void Task_saveGlobalState(int id, Text key, Text text) override {
        save(&task(id), server.save_of(0, key), key, text);
    }
    void Task_getGlobalSaveState(int id, Text key, Load load) override {
        read(&task(id), server.save_of(0, key), key, load);
    }
    void Task_savePlayerGlobalState(int id, Text key, Text text) override {
        save(&task(id), server.save_of(user(id).id(), key), key, text);
    }
    void Task_getPlayerGlobalSaveState(int id, Text key, Load load) override {
        read(&task(id), server.save_of(user(id).id(), key), key, load);
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

} // namespace fkvm
