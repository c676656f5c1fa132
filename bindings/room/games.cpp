// SPDX-License-Identifier: MIT
// How rooms and tasks begin, go on and end.
#include "engine.h"

#include <algorithm>

namespace fk::room {

namespace {

// How long a game that is over may still hold references.
constexpr std::chrono::milliseconds LINGER(5000);

std::string flaw_of(const RoomSpec &spec) {
    if (spec.id < 0) return "room ids are above 0, not " + std::to_string(spec.id);
    if (spec.players.empty()) return "a room needs players";
    std::set<int> ids;
    for (const PlayerSpec &player : spec.players) {
        if (player.id == 0) return "a player needs an id other than 0";
        if (!ids.insert(player.id).second)
            return "player " + std::to_string(player.id) + " is there twice";
    }
    return "";
}

} // namespace

std::string no_such_room(int room) { return "there is no room " + std::to_string(room) + " here"; }

std::string no_such_person(int room, int person) {
    return "there is no player or observer " + std::to_string(person) + " in room " +
           std::to_string(room);
}

Added Engine::add_room(RoomSpec spec) {
    if (const std::string flaw = flaw_of(spec); !flaw.empty()) return {0, flaw};
    if (spec.id == 0) spec.id = next_room_id();
    return add(std::make_shared<Room>(std::move(spec)));
}

Added Engine::add_task(TaskSpec spec) {
    return add(std::make_shared<Task>(next_task_id(), std::move(spec)));
}

Added Engine::add(std::shared_ptr<Activity> activity) {
    {
        const auto lock = locked();
        const std::string thread = "thread " + std::to_string(id);
        if (state_ != ThreadState::Starting && state_ != ThreadState::Running)
            return {0, thread + " takes no more rooms: it is " + std::string(name_of(state_))};
        if (static_cast<int>(known_.size()) >= options_.capacity)
            return {0, thread + " is full: it holds " + std::to_string(options_.capacity) +
                           " rooms and tasks"};
        if (!known_.insert(activity->id).second)
            return {0, "there is a room " + std::to_string(activity->id) + " already"};
    }
    if (loop_->post([this, activity] { begin(activity); })) return {activity->id, ""};
    const auto lock = locked();
    known_.erase(activity->id);
    return {0, "thread " + std::to_string(id) + " has ended"};
}

void Engine::begin(const std::shared_ptr<Activity> &activity) {
    const int number = activity->id;
    {
        const auto lock = locked();
        activities_[number] = activity;
    }
    if (number > 0)
        for (const auto &player : find_room(number)->players) by_conn_[player->conn] = player.get();
    else if (const auto &user = find_task(number)->user)
        by_conn_[user->conn] = user.get();
    if (gone_) {
        const std::string cause = dead_ ? dead_->what() : "the thread was closed";
        end(number, {dead_ ? Ending::ServerError : Ending::Closed,
                     dead_ ? GAME_LOST : "The server closes.", "it had not begun: " + cause});
        return;
    }
    const char *const command = number > 0 ? ",newroom" : ",newtask";
    const auto known = call(number, "HandleRequest", "-1," + std::to_string(number) + command);
    if (!known || is(known, false)) {
        if (known) log(FK_LEVEL_CRITICAL, "the script refused to begin it", number);
        end_soon(*activity, Ending::ServerError);
    }
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
            loop_->in(LINGER, [this, number, serial = activity->serial] {
                Activity *const late = find_activity(number);
                if (!late || late->serial != serial) return;
                log(FK_LEVEL_WARNING, "the game is over, but the script still holds references",
                    number);
                {
                    const auto lock = locked();
                    late->references = 0;
                }
                ripe_.push_back(number);
            });
            continue;
        }
        if (how == Ending::Over)
            end(number, {how, "The game is over.", "the script said so"});
        else
            end_failed(*activity);
    }
}

// In the script it still stands, as far as that knows of it.
void Engine::end_failed(Activity &activity) {
    const int number = activity.id;
    const std::string reason = activity.failure.empty() ? GAME_LOST : activity.failure;
    call_now(0, "AbandonRoom", number);
    flush();
    end(number, {Ending::ServerError, reason, SCRIPT_FAILED});
}

std::string Engine::close_room(int number, const std::string &reason) {
    Room *const room = find_room(number);
    if (!room) return no_such_room(number);
    for (const auto &player : room->players) {
        if (!player->is_person() || player->spec.state == PlayerState::Run) continue;
        call(number, "SetPlayerState", number, player->id(), static_cast<int>(PlayerState::Run));
    }
    const auto over = call(number, "ResumeRoom", number, "abandon");
    if (!is(over, true) && room->references > 0)
        log(FK_LEVEL_WARNING, "the script did not end the room that was closed", number);
    flush();
    end(number, {Ending::Closed, reason, reason});
    return "";
}

void Engine::abort_task(int number) {
    if (!find_task(number)) return;
    call(number, "ResumeRoom", number, "abort");
    end(number, {Ending::Closed, "", "aborted"});
}

void Engine::end(int number, const Outcome &outcome) {
    std::shared_ptr<Activity> activity;
    {
        const auto lock = locked();
        activity = activities_.extract(number).mapped();
        known_.erase(number);
    }
    if (activity->next_delay) loop_->cancel(*activity->next_delay);
    activity->delays.clear();
    std::erase_if(turns_, [&](const Turn &turn) { return turn.activity == number; });
    if (number > 0) return end_room(static_cast<Room &>(*activity), outcome);
    auto &task = static_cast<Task &>(*activity);
    if (task.user) forget(*task.user);
    if (task.spec.ended) guarded([&] { task.spec.ended(number); });
}

void Engine::end_room(Room &room, const Outcome &outcome) {
    destroy_request_timer(room);
    (outcome.how == Ending::ServerError ? lost_rooms_ : ended_rooms_)++;
    const RoomEnd end = describe_end(room, id, outcome);
    for (const PlayerEnd &player : end.players)
        if (end.game_over && player.ran) options_.storage->add_run(player.id, room.spec.mode);
    for (const auto *people : {&room.players, &room.observers})
        for (const auto &person : *people) {
            forget(*person);
            if (const auto connection = std::move(person->spec.connection))
                guarded([&] { connection->room_closed(room.id, outcome.how, outcome.reason); });
        }
    if (options_.room_ended) guarded([&] { options_.room_ended(end); });
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
