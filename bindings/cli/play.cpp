// SPDX-License-Identifier: MIT
// Plays games on an open VM.
#include "play.h"

#include "format.h"

#include <algorithm>
#include <poll.h>

namespace cli {

Play::Play(Vm &vm, House &house, Progress &progress, Plan plan)
    : vm_(vm), house_(house), progress_(progress), plan_(std::move(plan)), pid_(vm.stats().pid) {
    shown_.at = monotonic_ns();
}

bool Play::step() {
    while (started_ < plan_.games && started_ - games_.size() < plan_.rooms && !stopped())
        start_room();
    if (const auto event = house_.take())
        resume(*event);
    else if (!stopped())
        wait();
    if (progress_.due()) show();
    return going();
}

void Play::run() {
    while (going()) step();
    while (Room *room = vm_died_ ? house_.any_room() : nullptr)
        close_game(*room, false, "the VM ended while this game ran");
    memory_peak_ = std::max(memory_peak_, vm_.stats().memory);
    progress_.clear();
}

fk_status Play::call(Room &room, const char *method, const fk_value &params, Value *result) {
    const Stopwatch watch(pid_);
    const fk_status status = vm_.call(method, params, result);
    room.spent += watch.since();
    calls_++;
    return status;
}

void Play::start_room() {
    Room &room = house_.open_room();
    started_++;
    const std::string message = "-1," + std::to_string(room.id) + ",newroom";
    const fk_value params[] = {FK_BYTES(message.data(), message.size())};
    settle(room, call(room, "HandleRequest", FK_ARRAY(params), nullptr), false);
}

void Play::resume(const Event &event) {
    Room &room = *house_.find_room(event.room);
    room.resumes++;
    resumes_++;
    const fk_value params[] = {FK_INT(room.id), FK_STR(event.reason.c_str())};
    Value result;
    const fk_status status = call(room, "ResumeRoom", FK_ARRAY(params), &result);
    settle(room, status, result && result->kind == FK_BOOL && result->integer);
}

// What a call leaves: a game that goes on, or one that is over, failed or stuck.
void Play::settle(Room &room, fk_status status, bool over) {
    if (status != FK_OK) {
        const fk_error *error = fk_error_last();
        lua_errors_ += status == FK_SCRIPT_ERROR;
        vm_died_ = !error->vm_alive;
        std::string problem = last_failure();
        if (error->traceback) problem += std::string("\n") + error->traceback;
        close_game(room, false, problem);
        games_.back().failed = status;
    } else if (over && !room.game_over) {
        close_game(room, true, "the room ended without Room_gameOver");
    } else if (over || (room.waiting == 0 && room.game_over)) {
        close_game(room, over, "");
    } else if (plan_.longest && room.resumes >= plan_.longest) {
        close_game(room, false, "");
    } else if (room.waiting == 0) {
        close_game(room, false,
                   "the room waits for nothing: no delay, timer or reply is due. "
                   "Look for a coroutine that yields without asking for one");
    }
}

void Play::close_game(Room &room, bool ended, std::string problem) {
    games_.push_back({room.id, ended, room.game_over, std::move(problem), room.notifies,
                      room.payload, room.resumes, room.spent});
    house_.close_room(room.id);
}

// In real time: until something is due, or the VM has something to say.
void Play::wait() {
    const int64_t due = house_.wait_ms();
    if (due == 0) return;
    pollfd watched{fk_vm_fd(vm_.handle()), POLLIN, 0};
    const int ready = poll(&watched, 1, due < 0 || due > 100 ? 100 : static_cast<int>(due));
    if (ready > 0 && fk_vm_poll(vm_.handle()) != FK_OK) vm_died_ = !fk_error_last()->vm_alive;
}

void Play::show() {
    uint64_t notifies = 0;
    for (const Game &game : games_) notifies += game.notifies;
    notifies += house_.notifies_of_open_rooms();
    const int64_t now = monotonic_ns();
    const double elapsed = double(now - shown_.at) / 1e9;
    const fk_stats stats = vm_.stats();
    memory_peak_ = std::max(memory_peak_, stats.memory);
    const std::string line = plural(started_ - games_.size(), "room", "rooms") + "   " +
                             rate(double(resumes_ - shown_.resumes) / elapsed) + " resumes/s   " +
                             rate(double(notifies - shown_.notifies) / elapsed) +
                             " notifies/s   VM " + bytes(stats.memory);
    shown_ = {now, resumes_, notifies};
    progress_.draw(double(games_.size()) / double(plan_.games),
                   grouped(games_.size()) + "/" + plural(plan_.games, "game", "games"), line);
}

} // namespace cli
