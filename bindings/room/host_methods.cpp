// SPDX-License-Identifier: MIT
// What scripts may ask the server, by name.
#include "host_methods.h"

#include "objects.h"

namespace fk::room {

struct HostMethods {
    Engine &engine;

    // ---- who is meant ---------------------------------------------------------------------------

    [[noreturn]] static void unknown(const char *what, int id) {
        throw Failure(std::string("there is no ") + what + " " + std::to_string(id),
                      FK_CODE_INVALID_PARAMS);
    }
    Player *find_player(int conn) const {
        const auto found = engine.by_conn_.find(conn);
        return found == engine.by_conn_.end() ? nullptr : found->second;
    }
    Player &player(int conn) const {
        Player *const found = find_player(conn);
        if (!found) unknown("player with connection", conn);
        return *found;
    }
    Room &room(int id) const {
        Room *const found = engine.find_room(id);
        if (!found) unknown("room", id);
        return *found;
    }
    Task &task(int id) const {
        Task *const found = engine.find_task(id);
        if (!found) unknown("task", id);
        return *found;
    }

    // Under the mutex, since snapshots read it.
    template <class T, class V>
    void set(T &member, V value) const {
        const auto lock = engine.locked();
        member = std::move(value);
    }

    // ---- saves
    // ------------------------------------------------------------------------------------

    // A request is answered by ResumeRoom of the activity; who sent a notification waits for
    // nothing.
    bool save(Activity *activity, fk_request *request, SaveKey key, std::string_view text) const {
        engine.save(fk_request_is_notification(request) ? nullptr : activity, std::move(key), text);
        return true;
    }
    void load(Activity *activity, fk_request *request, SaveKey key) const {
        if (engine.options_.load_wait > 0) {
            const std::string text = engine.load_now(std::move(key));
            const fk_value loaded = FK_BYTES(text.data(), text.size());
            fk_reply(request, &loaded);
        } else {
            engine.load(activity, std::move(key));
            const fk_value later = FK_BOOL(true);
            fk_reply(request, &later);
        }
    }
    static SaveKey mode_save(const Player &player) {
        return {SaveKey::Mode, player.id(), player.room ? player.room->spec.mode : ""};
    }
    static SaveKey save_of(int player, std::string_view key) {
        return {SaveKey::Global, player, std::string(key)};
    }

    static int user_of(const Task &task) {
        if (task.user) return task.user->id();
        throw Failure("task " + std::to_string(task.id) + " has no user", FK_CODE_INVALID_PARAMS);
    }

    // ---- reference counts
    // ---------------------------------------------------------------------------

    void hold(Activity &activity) const { set(activity.references, activity.references + 1); }
    void release(Activity &activity) const {
        set(activity.references, activity.references - 1);
        if (activity.references <= 0) engine.end_soon(activity, Ending::Over);
    }

    static Result result_of(int number) {
        return number >= 1 && number <= 3 ? static_cast<Result>(number) : Result::None;
    }

    void bind_players(Vm &vm) const;
    void bind_player_saves(Vm &vm) const;
    void bind_rooms(Vm &vm) const;
    void bind_games(Vm &vm) const;
    void bind_tasks(Vm &vm) const;
};

void HostMethods::bind_players(Vm &vm) const {
    const HostMethods my = *this;
    vm.bind("ServerPlayer_doNotify",
            [my](Each<int> conns, std::string_view command, Bytes payload) {
                std::optional<int> nobody; // others must hear it all the same
                for (const int conn : conns)
                    if (Player *const player = my.find_player(conn))
                        my.engine.send(*player, command, payload);
                    else
                        nobody = conn;
                if (nobody) my.player(*nobody);
            });
    vm.bind("ServerPlayer_doRequest", [my](int conn, std::string_view command, Bytes payload,
                                           double timeout, std::optional<double> timestamp) {
        my.engine.ask(my.player(conn), command, payload, timeout,
                      static_cast<int64_t>(timestamp.value_or(0)));
    });
    vm.bind("ServerPlayer_waitForReply", [my](int conn, std::optional<double>) -> std::string_view {
        const Player &player = my.player(conn);
        if (player.spec.state != PlayerState::Online) return "__cancel";
        if (player.question.open) return "__notready";
        return player.question.answer; // a view: what it points to must stay
    });
    vm.bind("ServerPlayer_thinking", [my](int conn) { return my.player(conn).thinking; });
    vm.bind("ServerPlayer_setThinking",
            [my](int conn, bool thinking) { my.set(my.player(conn).thinking, thinking); });
    vm.bind("ServerPlayer_setDied",
            [my](int conn, bool died) { my.set(my.player(conn).died, died); });
    vm.bind("ServerPlayer_emitKick", [my](int conn) { my.engine.kick(my.player(conn)); });
}

void HostMethods::bind_player_saves(Vm &vm) const {
    const HostMethods my = *this;
    vm.bind("ServerPlayer_saveState", [my](fk_request *request, int conn, std::string_view text) {
        const Player &player = my.player(conn);
        return my.save(player.room, request, mode_save(player), text);
    });
    vm.bind("ServerPlayer_getSaveState", [my](fk_request *request, int conn) {
        const Player &player = my.player(conn);
        my.load(player.room, request, mode_save(player));
    });
    vm.bind("ServerPlayer_saveGlobalState",
            [my](fk_request *request, int conn, std::string_view key, std::string_view text) {
                const Player &player = my.player(conn);
                return my.save(player.room, request, save_of(player.id(), key), text);
            });
    vm.bind("ServerPlayer_getGlobalSaveState",
            [my](fk_request *request, int conn, std::string_view key) {
                const Player &player = my.player(conn);
                my.load(player.room, request, save_of(player.id(), key));
            });
}

void HostMethods::bind_rooms(Vm &vm) const {
    const HostMethods my = *this;
    vm.bind("RoomThread_getRoom", [my](int id) { return RoomObject(my.room(id)); });
    vm.bind("RoomThread_resumed", [my](int id, bool over) { my.engine.resumed(id, over); });
    vm.bind("Room_delay", [my](int id, double ms) { my.engine.delay(my.room(id), ms); });
    vm.bind("Room_setRequestTimer",
            [my](int id, double ms) { my.engine.set_request_timer(my.room(id), ms); });
    vm.bind("Room_destroyRequestTimer",
            [my](int id) { my.engine.destroy_request_timer(my.room(id)); });
    vm.bind("Room_increaseRefCount", [my](int id) { my.hold(my.room(id)); });
    vm.bind("Room_decreaseRefCount", [my](int id) { my.release(my.room(id)); });
    vm.bind("Room_addNpc", [my](int id) { return PlayerObject(my.engine.add_npc(my.room(id))); });
    vm.bind("Room_removeNpc", [my](int id, int conn) {
        Room &room = my.room(id);
        my.engine.remove_npc(room, my.player(conn));
    });
}

void HostMethods::bind_games(Vm &vm) const {
    const HostMethods my = *this;
    vm.bind("Room_gameOver", [my](int id) { my.set(my.room(id).game_over, true); });
    vm.bind("Room_getSessionId", [my](int id) { return my.room(id).spec.session; });
    vm.bind("Room_getSessionData",
            [my](int id) -> std::string_view { return my.room(id).spec.session_data; });
    vm.bind("Room_setSessionData",
            [my](int id, std::string_view text) { my.room(id).spec.session_data = text; });
    vm.bind("Room_updatePlayerWinRate",
            [my](int id, int player, std::string mode, std::string role, int result) {
                my.room(id);
                if (player > 0)
                    my.engine.options_.storage->add_player_result(
                        player, std::move(mode), std::move(role), result_of(result));
            });
    vm.bind("Room_updateGeneralWinRate",
            [my](int id, std::string general, std::string mode, std::string role, int result) {
                my.room(id);
                my.engine.options_.storage->add_general_result(std::move(general), std::move(mode),
                                                               std::move(role), result_of(result));
            });
    vm.bind("Room_saveGlobalState",
            [my](fk_request *request, int id, std::string_view key, std::string_view text) {
                return my.save(&my.room(id), request, save_of(0, key), text);
            });
    vm.bind("Room_getGlobalSaveState", [my](fk_request *request, int id, std::string_view key) {
        my.load(&my.room(id), request, save_of(0, key));
    });
}

void HostMethods::bind_tasks(Vm &vm) const {
    const HostMethods my = *this;
    vm.bind("Server_getTask", [my](int id) { return TaskObject(my.task(id)); });
    vm.bind("Task_delay", [my](int id, double ms) { my.engine.delay(my.task(id), ms); });
    vm.bind("Task_getPlayer", [my](int id) {
        const Task &task = my.task(id);
        return task.user ? std::optional(PlayerObject(*task.user)) : std::nullopt;
    });
    vm.bind("Task_saveGlobalState",
            [my](fk_request *request, int id, std::string_view key, std::string_view text) {
                return my.save(&my.task(id), request, save_of(0, key), text);
            });
    vm.bind("Task_getGlobalSaveState", [my](fk_request *request, int id, std::string_view key) {
        my.load(&my.task(id), request, save_of(0, key));
    });
    vm.bind("Task_savePlayerGlobalState",
            [my](fk_request *request, int id, std::string_view key, std::string_view text) {
                Task &task = my.task(id);
                return my.save(&task, request, save_of(user_of(task), key), text);
            });
    vm.bind("Task_getPlayerGlobalSaveState",
            [my](fk_request *request, int id, std::string_view key) {
                Task &task = my.task(id);
                my.load(&task, request, save_of(user_of(task), key));
            });
    vm.bind("Task_decreaseRefCount", [my](int id) { my.release(my.task(id)); });
}

void bind_host_methods(Vm &vm, Engine &engine) {
    const HostMethods methods{engine};
    methods.bind_players(vm);
    methods.bind_player_saves(vm);
    methods.bind_rooms(vm);
    methods.bind_games(vm);
    methods.bind_tasks(vm);
}

} // namespace fk::room
