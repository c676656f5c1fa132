// SPDX-License-Identifier: MIT
// The host methods of a game, answered from memory.
#include "players.h"

#include "model/host_methods.h"

#include <functional>

namespace cli {

// A House as bindings/freekill wants a server: no data base, no reference counts, no tasks.
struct HouseServer {
    using Player = cli::Player;
    using Activity = cli::Activity;
    using Room = cli::Room;
    using Task = cli::Task;
    using SaveKey = std::string; // "player 3", "player 3 key", "server key"

    House &house;

    Player *find_player(int conn) const {
        const auto found = house.by_conn_.find(conn);
        return found == house.by_conn_.end() ? nullptr : found->second;
    }
    Room *find_room(int id) const { return house.find_room(id); }
    static Task *find_task(int) { return nullptr; }

    template <class T, class V>
    static void set(T &member, V value) {
        member = std::move(value);
    }

    void send(Player &player, std::string_view, std::string_view payload) const {
        player.room->notifies++;
        player.room->payload += payload.size();
        if (house.rules_.kept) house.rules_.kept->keep(payload);
    }
    // Who is online answers with a refusal, soon; who is not has the script decide.
    void ask(Player &player, std::string_view, std::string_view, double, int64_t) const {
        if (player.spec.state != PlayerState::Online) return;
        if (player.question.open) return; // it is answered already, soon
        player.question = {true, "__cancel"};
        house.remind(*player.room, 500, "player_reply", player.conn);
    }
    static void kick(Player &player) { player.spec.state = PlayerState::Trust; }

    const fkvm::Purse &purse() const { return house.purse_; }
    void delay(Activity &activity, double ms, fkvm::Hold hold) const {
        house.remind(activity, ms, "delay_done", 0, std::move(hold));
    }
    void set_request_timer(Room &room, double ms) const {
        house.forget_timer(room);
        room.timer = house.remind(room, ms, "request_timer");
    }
    void destroy_request_timer(Room &room) const { house.forget_timer(room); }
    static void resumed(int, bool) {}
    static void released(Activity &) {}
    Player &add_npc(Room &room) const { return house.add_player(room, PlayerState::Robot); }
    void remove_npc(Room &room, Player &npc) const {
        const int conn = npc.conn;
        const auto is_it = [&](const auto &player) { return player->conn == conn; };
        if (std::erase_if(room.players, is_it) > 0) house.by_conn_.erase(conn);
    }

    static void add_player_result(int, const std::string &, const std::string &, int) {}
    static void add_general_result(const std::string &, const std::string &, const std::string &,
                                   int) {}

    static SaveKey mode_save(const Player &player) {
        return "player " + std::to_string(player.id());
    }
    static SaveKey save_of(int player, std::string_view key) {
        const std::string owner = player ? "player " + std::to_string(player) : "server";
        return owner + " " + std::string(key);
    }
    // Who waits is resumed, as by a data base.
    void save(Activity *activity, bool waits, const SaveKey &key, std::string_view text,
              const fkvm::Hold &, const fkvm::Hold &bytes) const {
        house.saves_[key] = {std::string(text), bytes};
        if (waits) house.remind(*activity, 0, "query_done");
    }
    void load(Activity *, const SaveKey &key, const fkvm::Hold &,
              const fk::freekill::Load &now) const {
        const auto found = house.saves_.find(key);
        now(found == house.saves_.end() ? "{}" : found->second.text);
    }
};

struct House::Methods {
    fkvm::HostMethods<HouseServer> host;
    std::vector<fk_method> list; // for the C API

    explicit Methods(House &house) : host(HouseServer{house}), list(fk::freekill::methods(host)) {
        list.push_back({"*", unknown, &house, 0, {}});
        list.push_back({});
    }

    static fk_status unknown(void *house, fk_request *request, const fk_value *) {
        static_cast<House *>(house)->unknown_++;
        const std::string message =
            std::string("fkvm has no host method ") + fk_request_method(request);
        return fk_fail(request, FK_CODE_METHOD_NOT_FOUND, message.c_str());
    }
};

namespace {

// The usual ones; but who asks for many rooms at once gets them.
fkvm::Quotas quotas() {
    fkvm::Quotas usual;
    for (const auto thing : {fkvm::Thing::Delays, fkvm::Thing::Npcs})
        usual.of[static_cast<size_t>(thing)].vm = UINT64_MAX;
    return usual;
}

} // namespace

House::House(HouseRules rules, bool real_time)
    : rules_(std::move(rules)), real_time_(real_time), purse_(quotas()),
      methods_(std::make_unique<Methods>(*this)) {}

House::~House() = default;

const fk_method *House::methods() const { return methods_->list.data(); }

} // namespace cli
