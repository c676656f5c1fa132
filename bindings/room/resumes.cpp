// SPDX-License-Identifier: MIT
// How rooms and tasks go on: those that are ready at the same time in one call, so that a child is
// waited for once.
#include "engine.h"

#include <algorithm>

namespace fk::room {

// Its turn comes when nothing else is ready. Nobody has two turns: what the first changes may make
// the second needless.
void Engine::resume(Activity &activity, std::string_view reason) {
    const auto again = [this, id = activity.id, serial = activity.serial,
                        why = std::string(reason)] { resume_if(id, serial, why); };
    if (waits_for_turn(activity, again) || activity.ends_now()) return;
    take_place(activity.id, std::string(reason), turns_.end());
    resume_soon();
}

// Whether job has to wait, and will be done, until its turn is over.
bool Engine::waits_for_turn(const Activity &activity, const Job &job) {
    if (!activity.has_turn) return false;
    if (manner_ == Manner::Begins) return later(job), true;
    resume_all();
    return false;
}

void Engine::resume_if(int id, uint64_t serial, std::string_view reason) {
    Activity *const activity = find_activity(id);
    if (activity && activity->serial == serial) resume(*activity, reason);
}

void Engine::take_place(int id, std::string reason, std::deque<Turn>::iterator place) {
    Activity *const activity = find_activity(id);
    if (!activity || dead_ || gone_) return;
    activity->has_turn = true;
    turns_.insert(place, {id, std::move(reason)});
}

void Engine::resume_soon() {
    if (manner_ == Manner::Waits && !turns_.empty()) loop_->when_idle([this] { resume_some(); });
}

void Engine::resume_all() {
    while (!turns_.empty()) resume_some();
}

void Engine::resume_some() {
    take_turns(together_ ? most_together : 1);
    if (running_.size() == 1)
        resume_alone();
    else if (!running_.empty())
        resume_together();
    put_back();
    resume_soon();
}

void Engine::take_turns(size_t most) {
    const auto end = turns_.begin() + static_cast<long>(std::min(turns_.size(), most));
    running_.assign(std::make_move_iterator(turns_.begin()), std::make_move_iterator(end));
    turns_.erase(turns_.begin(), end);
    ran_ = 0;
}

// Those for whom it was too late.
void Engine::put_back() {
    for (size_t i = running_.size(); i > ran_; i--)
        take_place(running_[i - 1].activity, std::move(running_[i - 1].reason), turns_.begin());
    running_.clear();
}

std::vector<std::tuple<int, std::string_view>> Engine::list_of_turns() const {
    std::vector<std::tuple<int, std::string_view>> list;
    for (const Turn &turn : running_) list.emplace_back(turn.activity, turn.reason);
    return list;
}

void Engine::resume_alone() {
    const Turn &turn = running_.front();
    const auto over = call_now(turn.activity, "ResumeRoom", turn.activity, turn.reason);
    end_turn(over ? std::optional(is(over, true)) : std::nullopt);
}

// RoomThread_resumed comes for each that has had its turn.
void Engine::resume_together() {
    current_ = running_.front().activity;
    begin_refusals();
    try {
        vm_.call<void>("ResumeRooms", list_of_turns());
        together_ = ran_ > 0;
    } catch (const Error &error) {
        together_ = error.status() != FK_NO_METHOD || ran_ > 0;
        if (together_) {
            call_failed(current_, error);
            end_turn(std::nullopt);
        }
    }
    current_ = 0;
}

void Engine::resumed(int id, bool over) {
    if (ran_ >= running_.size() || running_[ran_].activity != id)
        throw Failure("it is not the turn of room " + std::to_string(id), FK_CODE_INVALID_PARAMS);
    end_turn(over);
    current_ = ran_ < running_.size() ? running_[ran_].activity : 0;
    begin_refusals();
    flush();
}

// Nothing: it failed.
void Engine::end_turn(std::optional<bool> over) {
    if (ran_ == running_.size()) return; // the call failed behind the last of them
    Activity *const activity = find_activity(running_[ran_++].activity);
    if (!activity) return;
    activity->has_turn = false;
    activity->last_call = Clock::now();
    if (activity->id > 0) static_cast<Room &>(*activity).resumes++;
    if (!over.value_or(true)) return;
    end_soon(*activity, over ? Ending::Over : Ending::ServerError);
}

// ---- timers -------------------------------------------------------------------------------------

void Engine::delay(Activity &activity, double ms, fkvm::Hold hold) {
    activity.delays.add(Loop::moment_in(Loop::Milliseconds(ms * options_.delay_scale)),
                        std::move(hold));
    wait_for_delay(activity);
}

// One job for all delays of an activity. What is overdue waits behind what others have due by now:
// nobody waits for all delays of a room that has very many.
void Engine::wait_for_delay(Activity &activity) {
    const auto next = activity.delays.next();
    if (!next || (activity.next_delay && activity.next_delay->first <= *next)) return;
    if (activity.next_delay) loop_->cancel(*activity.next_delay);
    activity.next_delay =
        loop_->at(std::max(*next, Clock::now()), mine([this, number = activity.id] {
                      Activity *const found = find_activity(number);
                      if (!found) return;
                      found->next_delay.reset();
                      found->delays.take(Clock::now());
                      wait_for_delay(*found);
                      resume(*found, "delay_done");
                  }));
}

void Engine::set_request_timer(Room &room, double ms) {
    destroy_request_timer(room);
    const double scale = room.has_online() ? 1 : options_.delay_scale;
    const Loop::Milliseconds time(ms * scale);
    room.request_timer = loop_->in(time, mine([this, number = room.id, serial = room.serial] {
                                       const Room *const found = find_room(number);
                                       if (found && found->serial == serial)
                                           request_timed_out(number, *found->request_timer);
                                   }));
}

void Engine::request_timed_out(int number, Agenda::Handle timer) {
    Room *const room = find_room(number);
    if (!room || room->request_timer != timer) return;
    if (waits_for_turn(*room, [this, number, timer] { request_timed_out(number, timer); })) return;
    if (room->request_timer != timer) return;
    room->request_timer.reset();
    resume(*room, "request_timer");
}

void Engine::destroy_request_timer(Room &room) {
    if (room.request_timer) loop_->cancel(*room.request_timer);
    room.request_timer.reset();
}

} // namespace fk::room
