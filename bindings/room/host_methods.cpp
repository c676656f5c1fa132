// SPDX-License-Identifier: MIT
// What scripts may ask the server, by name.
#include "host_methods.h"

#include "engine.h"
#include "model/host_methods.h"

namespace fk::room {

// An Engine as bindings/freekill wants a server.
struct EngineServer {
    using Player = room::Player;
    using Activity = room::Activity;
    using Room = room::Room;
    using Task = room::Task;
    using SaveKey = room::SaveKey;

    Engine &engine;

    Player *find_player(int conn) const {
        const auto found = engine.by_conn_.find(conn);
        return found == engine.by_conn_.end() ? nullptr : found->second;
    }
    Room *find_room(int id) const { return engine.find_room(id); }
    Task *find_task(int id) const { return engine.find_task(id); }

    // Under the mutex, since snapshots read it.
    template <class T, class V>
    void set(T &member, V value) const {
        const auto lock = engine.locked();
        member = std::move(value);
    }

    static Bytes bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
    void send(Player &player, std::string_view command, std::string_view payload) const {
        engine.send(player, command, bytes(payload));
    }
    void ask(Player &player, std::string_view command, std::string_view payload, double seconds,
             int64_t timestamp) const {
        engine.ask(player, command, bytes(payload), seconds, timestamp);
    }
    void kick(Player &player) const { engine.kick(player); }

    const fkvm::Purse &purse() const {
        engine.end_refused();
        return *engine.purse_;
    }
    void delay(Activity &activity, double ms, fkvm::Hold hold) const {
        engine.delay(activity, ms, std::move(hold));
    }
    void set_request_timer(Room &room, double ms) const { engine.set_request_timer(room, ms); }
    void destroy_request_timer(Room &room) const { engine.destroy_request_timer(room); }
    void resumed(int id, bool over) const { engine.resumed(id, over); }
    void released(Activity &activity) const { engine.end_soon(activity, Ending::Over); }
    Player &add_npc(Room &room) const { return engine.add_npc(room); }
    void remove_npc(Room &room, Player &npc) const { engine.remove_npc(room, npc); }

    static Result result_of(int number) {
        return number >= 1 && number <= 3 ? static_cast<Result>(number) : Result::None;
    }
    void add_player_result(int player, std::string mode, std::string role, int result) const {
        if (player > 0)
            engine.options_.storage->add_player_result(player, std::move(mode), std::move(role),
                                                       result_of(result));
    }
    void add_general_result(std::string general, std::string mode, std::string role,
                            int result) const {
        engine.options_.storage->add_general_result(std::move(general), std::move(mode),
                                                    std::move(role), result_of(result));
    }

    static SaveKey mode_save(const Player &player) {
        return {SaveKey::Mode, player.id(), player.room ? player.room->spec.mode : ""};
    }
    static SaveKey save_of(int player, std::string_view key) {
        return {SaveKey::Global, player, std::string(key)};
    }
    // Who waits for nothing hears of a failure alone.
    void save(Activity *activity, bool waits, SaveKey key, std::string_view text,
              const fkvm::Hold &query, const fkvm::Hold &bytes) const {
        engine.save(activity, waits, std::move(key), text, {query, bytes});
    }
    void load(Activity *activity, SaveKey key, const fkvm::Hold &query,
              const freekill::Load &now) const {
        if (engine.options_.load_wait > 0) return now(engine.load_now(std::move(key), query));
        engine.load(activity, std::move(key), query);
    }
};

std::unique_ptr<freekill::HostMethods> host_methods(Engine &engine) {
    return std::make_unique<fkvm::HostMethods<EngineServer>>(EngineServer{engine});
}

} // namespace fk::room
