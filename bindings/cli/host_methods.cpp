// SPDX-License-Identifier: MIT
// The host methods of a game, answered from memory.
#include "players.h"

#include <cstring>
#include <exception>

namespace cli {

namespace {

// The positional parameters of one call; a wrong one fails the request and makes ok() false.
class Params {
  public:
    Params(fk_request *request, const fk_value *values) : request_(request), values_(values) {}

    int64_t integer(uint32_t index) {
        const fk_value *value = at(index);
        if (value && value->type == FK_INT) return value->as.integer;
        if (value && value->type == FK_DOUBLE) return static_cast<int64_t>(value->as.number);
        refuse(index, "a number");
        return 0;
    }

    std::string_view text(uint32_t index) {
        const fk_value *value = at(index);
        if (value && value->type == FK_STRING) return {value->as.string, value->size};
        refuse(index, "a string");
        return {};
    }

    bool truth(uint32_t index) {
        const fk_value *value = at(index);
        return value && value->type == FK_BOOL && value->as.integer;
    }

    bool ok() const { return ok_; }

    void refuse(const std::string &message) {
        if (ok_) fk_fail(request_, FK_CODE_INVALID_PARAMS, message.c_str());
        ok_ = false;
    }

  private:
    const fk_value *at(uint32_t index) const {
        return values_->type == FK_ARRAY && index < values_->size ? &values_->as.items[index]
                                                                  : nullptr;
    }

    void refuse(uint32_t index, const char *wanted) {
        refuse(std::string(fk_request_method(request_)) + ": parameter " +
               std::to_string(index + 1) + " must be " + wanted);
    }

    fk_request *request_;
    const fk_value *values_;
    bool ok_ = true;
};

fk_status answer(fk_request *request, const fk_value &value) { return fk_reply(request, &value); }

fk_status answer_text(fk_request *request, const std::string &text) {
    return answer(request, FK_BYTES(text.data(), text.size()));
}

fk_member member(const char *name, fk_value value) { return {FK_STR(name), value}; }

std::vector<fk_member> describe(const Player &player) {
    static const fk_value zeros[3] = {FK_INT(0), FK_INT(0), FK_INT(0)};
    return {member("connId", FK_INT(player.conn)),
            member("id", FK_INT(player.id)),
            member("screenName", FK_BYTES(player.name.data(), player.name.size())),
            member("avatar", FK_BYTES(player.avatar.data(), player.avatar.size())),
            member("totalGameTime", FK_INT(0)),
            member("state", FK_INT(player.state)),
            member("gameData", FK_ARRAY(zeros)),
            member("thinking", FK_BOOL(player.thinking))};
}

fk_value object(const std::vector<fk_member> &members) {
    return FK_MEMBERS(members.data(), members.size());
}

} // namespace

struct HostMethods {
    static Player *player(House &house, Params &params) {
        const int64_t conn = params.integer(0);
        const auto found = house.by_conn_.find(conn);
        if (found != house.by_conn_.end()) return found->second;
        params.refuse("there is no player with connection " + std::to_string(conn));
        return nullptr;
    }

    static Room *room(House &house, Params &params) {
        const int64_t id = params.integer(0);
        Room *found = house.find_room(id);
        if (!found) params.refuse("there is no room " + std::to_string(id));
        return found;
    }

    static fk_status get_room(House &house, fk_request *request, Params &params) {
        const Room *room = HostMethods::room(house, params);
        if (!room) return FK_OK;
        std::vector<std::vector<fk_member>> members;
        std::vector<fk_value> players;
        for (const auto &player : room->players) members.push_back(describe(*player));
        for (const auto &each : members) players.push_back(object(each));
        const std::string &settings = house.rules_.settings;
        return answer(
            request,
            object({member("id", FK_INT(room->id)), member("ownerId", FK_INT(room->players[0]->id)),
                    member("timeout", FK_INT(house.rules_.timeout)),
                    member("settings", FK_BYTES(settings.data(), settings.size())),
                    member("players", FK_ITEMS(players.data(), players.size()))}));
    }

    static fk_status notify(House &house, fk_request *, Params &params) {
        const Player *to = player(house, params);
        if (!to) return FK_OK;
        params.text(1);
        Room &room = house.rooms_.find(to->room)->second;
        room.notifies++;
        room.payload += params.text(2).size();
        return FK_OK;
    }

    // Who is online answers with a refusal, soon; who is not has the script decide.
    static fk_status ask(House &house, fk_request *, Params &params) {
        Player *asked = player(house, params);
        if (!asked || asked->state != Online) return FK_OK;
        asked->replied = false;
        house.remind(house.rooms_.find(asked->room)->second, 500, "player_reply", asked->conn);
        return FK_OK;
    }

    static fk_status reply(House &house, fk_request *request, Params &params) {
        const Player *asked = player(house, params);
        if (!asked) return FK_OK;
        const bool waiting = asked->state == Online && !asked->replied;
        return answer_text(request, waiting ? "__notready" : "__cancel");
    }

    static fk_status thinking(House &house, fk_request *request, Params &params) {
        const Player *who = player(house, params);
        return who ? answer(request, FK_BOOL(who->thinking)) : FK_OK;
    }

    static fk_status set_thinking(House &house, fk_request *, Params &params) {
        if (Player *who = player(house, params)) who->thinking = params.truth(1);
        return FK_OK;
    }

    static fk_status kick(House &house, fk_request *, Params &params) {
        if (Player *who = player(house, params)) who->state = Trust;
        return FK_OK;
    }

    static fk_status delay(House &house, fk_request *, Params &params) {
        Room *who = room(house, params);
        const int64_t ms = params.integer(1);
        if (who && params.ok()) house.remind(*who, ms, "delay_done");
        return FK_OK;
    }

    static fk_status set_timer(House &house, fk_request *, Params &params) {
        Room *who = room(house, params);
        const int64_t ms = params.integer(1);
        if (!who || !params.ok()) return FK_OK;
        house.forget_timer(*who);
        who->timer = house.remind(*who, ms, "request_timer");
        return FK_OK;
    }

    static fk_status destroy_timer(House &house, fk_request *, Params &params) {
        if (Room *who = room(house, params)) house.forget_timer(*who);
        return FK_OK;
    }

    static fk_status game_over(House &house, fk_request *, Params &params) {
        if (Room *who = room(house, params)) who->game_over = true;
        return FK_OK;
    }

    static fk_status session_id(House &house, fk_request *request, Params &params) {
        const Room *who = room(house, params);
        return who ? answer(request, FK_INT(who->id)) : FK_OK;
    }

    static fk_status session(House &house, fk_request *request, Params &params) {
        const Room *who = room(house, params);
        return who ? answer_text(request, who->session) : FK_OK;
    }

    static fk_status set_session(House &house, fk_request *, Params &params) {
        Room *who = room(house, params);
        const std::string_view text = params.text(1);
        if (who && params.ok()) who->session = text;
        return FK_OK;
    }

    static fk_status add_npc(House &house, fk_request *request, Params &params) {
        Room *who = room(house, params);
        return who ? answer(request, object(describe(house.add_player(*who, Robot)))) : FK_OK;
    }

    static fk_status remove_npc(House &house, fk_request *, Params &params) {
        Room *who = room(house, params);
        const int64_t conn = params.integer(1);
        if (!who || !params.ok()) return FK_OK;
        const auto is_it = [&](const auto &player) { return player->conn == conn; };
        if (std::erase_if(who->players, is_it) > 0) house.by_conn_.erase(conn);
        return FK_OK;
    }

    // Saves: "player 3", "room 1 key", ... with the text as it came.
    template <uint32_t Keys>
    static std::string key_of(const char *owner, Params &params) {
        std::string key = owner + std::to_string(params.integer(0));
        if constexpr (Keys > 0) key.append(1, ' ').append(params.text(1));
        return key;
    }

    template <uint32_t Keys>
    static fk_status save(House &house, const char *owner, Params &params) {
        const std::string key = key_of<Keys>(owner, params);
        const std::string_view text = params.text(1 + Keys);
        if (params.ok()) house.saves_[key] = text;
        return FK_OK;
    }

    template <uint32_t Keys>
    static fk_status load(House &house, fk_request *request, const char *owner, Params &params) {
        const auto found = house.saves_.find(key_of<Keys>(owner, params));
        if (!params.ok()) return FK_OK;
        return answer_text(request, found == house.saves_.end() ? "{}" : found->second);
    }

    static fk_status save_player(House &h, fk_request *, Params &p) {
        return save<0>(h, "player", p);
    }
    static fk_status load_player(House &h, fk_request *r, Params &p) {
        return load<0>(h, r, "player", p);
    }
    static fk_status save_global(House &h, fk_request *, Params &p) {
        return save<1>(h, "player", p);
    }
    static fk_status load_global(House &h, fk_request *r, Params &p) {
        return load<1>(h, r, "player", p);
    }
    static fk_status save_room(House &h, fk_request *, Params &p) { return save<1>(h, "room", p); }
    static fk_status load_room(House &h, fk_request *r, Params &p) {
        return load<1>(h, r, "room", p);
    }

    // Known, with nothing to do here: no data base, no reference counts, no tasks.
    static fk_status nothing(House &, fk_request *, Params &) { return FK_OK; }

    static fk_status unknown(House &house, fk_request *request, Params &) {
        house.unknown_++;
        const std::string message =
            std::string("fkvm has no host method ") + fk_request_method(request);
        return fk_fail(request, FK_CODE_METHOD_NOT_FOUND, message.c_str());
    }

    template <auto Method>
    static fk_status call(void *house, fk_request *request, const fk_value *values) noexcept {
        try {
            Params params(request, values);
            return Method(*static_cast<House *>(house), request, params);
        } catch (const std::exception &problem) {
            return fk_fail(request, FK_CODE_INTERNAL, problem.what());
        }
    }
};

std::vector<fk_method> host_methods(House &house) {
    using Host = HostMethods;
    std::vector<fk_method> list;
    const auto add = [&](const char *name, fk_host_fn call) {
        list.push_back({name, call, &house, 0, {}});
    };
    add("ServerPlayer_doNotify", Host::call<Host::notify>);
    add("ServerPlayer_doRequest", Host::call<Host::ask>);
    add("ServerPlayer_waitForReply", Host::call<Host::reply>);
    add("ServerPlayer_thinking", Host::call<Host::thinking>);
    add("ServerPlayer_setThinking", Host::call<Host::set_thinking>);
    add("ServerPlayer_emitKick", Host::call<Host::kick>);
    add("ServerPlayer_saveState", Host::call<Host::save_player>);
    add("ServerPlayer_getSaveState", Host::call<Host::load_player>);
    add("ServerPlayer_saveGlobalState", Host::call<Host::save_global>);
    add("ServerPlayer_getGlobalSaveState", Host::call<Host::load_global>);
    add("RoomThread_getRoom", Host::call<Host::get_room>);
    add("Room_delay", Host::call<Host::delay>);
    add("Room_setRequestTimer", Host::call<Host::set_timer>);
    add("Room_destroyRequestTimer", Host::call<Host::destroy_timer>);
    add("Room_gameOver", Host::call<Host::game_over>);
    add("Room_getSessionId", Host::call<Host::session_id>);
    add("Room_getSessionData", Host::call<Host::session>);
    add("Room_setSessionData", Host::call<Host::set_session>);
    add("Room_addNpc", Host::call<Host::add_npc>);
    add("Room_removeNpc", Host::call<Host::remove_npc>);
    add("Room_saveGlobalState", Host::call<Host::save_room>);
    add("Room_getGlobalSaveState", Host::call<Host::load_room>);
    for (const char *name :
         {"ServerPlayer_setDied", "Room_updatePlayerWinRate", "Room_updateGeneralWinRate",
          "Room_increaseRefCount", "Room_decreaseRefCount", "Server_getTask", "Task_delay",
          "Task_getPlayer", "Task_saveGlobalState", "Task_getGlobalSaveState",
          "Task_savePlayerGlobalState", "Task_getPlayerGlobalSaveState", "Task_decreaseRefCount"})
        add(name, Host::call<Host::nothing>);
    add("*", Host::call<Host::unknown>);
    list.push_back({});
    return list;
}

} // namespace cli
