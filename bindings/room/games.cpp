// SPDX-License-Identifier: MIT
// How rooms and tasks begin, go on and end.
#include "engine.h"

#include <algorithm>

namespace fk::room {

namespace {

// How long a game that is over may still hold references.
constexpr std::chrono::milliseconds LINGER(5000);

} // namespace

std::string no_such_room(int room) { return "there is no room " + std::to_string(room) + " here"; }

std::string no_such_person(int room, int person) {
    return "there is no player or observer " + std::to_string(person) + " in room " +
           std::to_string(room);
}

void Engine::begin(const std::shared_ptr<Activity> &activity) {
    const int number = activity->id;
    {
        const auto lock = locked();
        activities_[number] = activity;
    }
    if (!gone_ && !dead_) show_rooms();
    shared_->homes[number] = this;
    if (number > 0)
        for (const auto &player : find_room(number)->players) by_conn_[player->conn] = player.get();
    else if (const auto &user = find_task(number)->user)
        by_conn_[user->conn] = user.get();
    taken_++;
    if (gone_) {
        const std::string cause = dead_ ? dead_->what() : "the thread was closed";
        end(number, {dead_ ? Ending::ServerError : Ending::Closed,
                     dead_ ? GAME_LOST : "The server closes.", "it had not begun: " + cause});
        return;
    }
    const char *const command = number > 0 ? ",newroom" : ",newtask";
    const auto begun = [this, number](const std::optional<Value> &known) {
        if (known && !is(known, false)) return;
        if (known) log(FK_LEVEL_CRITICAL, "the script refused to begin it", number);
        if (Activity *const failed = find_activity(number)) end_soon(*failed, Ending::ServerError);
    };
    call(number, begun, "HandleRequest", "-1," + std::to_string(number) + command);
    stir();
}

void Engine::end_soon(Activity &activity, Ending how) {
    if (!activity.ending) activity.ending = how;
    if (!std::exchange(activity.is_ripe, true)) ripe_.push_back(activity.id);
}

// Ends what is to end; who still holds references gets a little time for it.
void Engine::end_ripe() {
    for (const int number : std::exchange(ripe_, {})) {
        Activity *const activity = find_activity(number);
        if (!activity || !activity->ending) continue;
        activity->is_ripe = false;
        const Ending how = *activity->ending;
        if (!activity->ends_now()) {
            if (std::exchange(activity->lingers, true)) continue;
            loop_->in(LINGER, mine([this, number, serial = activity->serial] {
                          Activity *const late = find_activity(number);
                          if (!late || late->serial != serial) return;
                          log(FK_LEVEL_WARNING,
                              "the game is over, but the script still holds references", number);
                          {
                              const auto lock = locked();
                              late->references = 0;
                          }
                          ripe_.push_back(number);
                      }));
            continue;
        }
        if (how == Ending::Over)
            end(number, {how, "The game is over.", "the script said so"});
        else
            end_failed(*activity);
    }
}

// In the script it still stands, as far as that knows of it. A VM that has no other room ends with
// it, and may not be asked: it could fail anew, and people would wait for that.
void Engine::end_failed(Activity &activity) {
    const int number = activity.id;
    const std::string reason = activity.failure.empty() ? GAME_LOST : activity.failure;
    const auto finish = [this, number, reason](const std::optional<Value> &) {
        flush();
        if (find_activity(number)) end(number, {Ending::ServerError, reason, SCRIPT_FAILED});
    };
    if (manner_ == Manner::Waits)
        finish(call_now(0, "AbandonRoom", number));
    else if (activities_.size() == 1 && taken_ >= options_.rooms_per_vm)
        finish(std::nullopt);
    else
        call(0, finish, "AbandonRoom", number);
}

void Engine::close_room(int number, const std::string &reason, const Answer &answer) {
    Room *const room = find_room(number);
    if (!room) return answer(no_such_room(number));
    for (const auto &player : room->players) {
        if (!player->is_person() || player->spec.state == PlayerState::Run) continue;
        call(number, IGNORE, "SetPlayerState", number, player->id(),
             static_cast<int>(PlayerState::Run));
    }
    const auto finish = [this, number, reason, answer](const std::optional<Value> &over) {
        const Room *const left = find_room(number);
        if (left && !is(over, true) && left->references > 0)
            log(FK_LEVEL_WARNING, "the script did not end the room that was closed", number);
        flush();
        if (left) end(number, {Ending::Closed, reason, reason});
        answer("");
    };
    call(number, finish, "ResumeRoom", number, "abandon");
}

void Engine::abort_task(int number) {
    if (!find_task(number)) return;
    const auto finish = [this, number](const std::optional<Value> &) {
        if (find_task(number)) end(number, {Ending::Closed, "", "aborted"});
    };
    call(number, finish, "ResumeRoom", number, "abort");
}

void Engine::end(int number, const Outcome &outcome) {
    std::shared_ptr<Activity> activity;
    {
        const auto lock = locked();
        activity = activities_.extract(number).mapped();
        shared_->known.erase(number);
    }
    if (!gone_ && !dead_) show_rooms();
    shared_->homes.erase(number);
    if (activity->next_delay) loop_->cancel(*activity->next_delay);
    activity->delays.clear();
    std::erase_if(turns_, [&](const Turn &turn) { return turn.activity == number; });
    if (number > 0) {
        auto &room = static_cast<Room &>(*activity);
        destroy_request_timer(room);
        for (const auto *people : {&room.players, &room.observers})
            for (const auto &person : *people) forget(*person);
    } else if (const auto &user = static_cast<Task &>(*activity).user) {
        forget(*user);
    }
    shared_->say_end(*activity, outcome);
}

void Engine::forget(Player &player) {
    by_conn_.erase(player.conn);
    std::erase(touched_, &player);
}

Activity *Engine::find_activity(int id) const {
    const auto found = activities_.find(id);
    return found == activities_.end() ? nullptr : found->second.get();
}

Room *Engine::find_room(int id) const {
    return id > 0 ? static_cast<Room *>(find_activity(id)) : nullptr;
}

Task *Engine::find_task(int id) const {
    return id < 0 ? static_cast<Task *>(find_activity(id)) : nullptr;
}

} // namespace fk::room
