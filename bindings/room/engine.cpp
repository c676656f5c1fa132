// SPDX-License-Identifier: MIT
// The life of a VM: opening, what it prints, its failures, death and the end.
#include "engine.h"

#include "core.h"

#include <cstdio>
#include <iterator>

#include <fk/freekill/failure.hpp>

namespace fk::room {

namespace {

std::atomic<int> last_vm = 0;

std::shared_ptr<const fkvm::Purse> purse_of(const Quotas &q) {
    fkvm::Quotas quotas;
    size_t n = 0;
    for (const Quota &quota :
         {q.delays, q.npcs, q.queries, q.save_bytes, q.session_bytes, q.results})
        quotas.of[n++] = {quota.room, quota.vm};
    static_assert(sizeof quotas == sizeof q);
    quotas.name_bytes = q.name_bytes;
    return std::make_shared<const fkvm::Purse>(quotas);
}

// What the library lets pass, so that a turn is ended before the rest of its output is cut.
uint32_t beyond(uint64_t limit) {
    constexpr uint64_t line = 128 << 10;
    return static_cast<uint32_t>(std::min<uint64_t>(2 * limit + line, FK_NO_LIMIT));
}

} // namespace

Engine::Engine(std::shared_ptr<Shared> shared, Manner manner)
    : id(++last_vm), shared_(std::move(shared)), options_(shared_->options), loop_(shared_->loop),
      manner_(manner), purse_(purse_of(options_.quotas)) {}

Engine::~Engine() = default;

void Engine::open() {
    try {
        open_vm();
    } catch (const Error &error) {
        dead_ = error;
    } catch (const std::exception &problem) { // of options_.bind
        dead_.emplace(FK_OPEN_FAILED, problem.what(), false);
    }
    if (dead_) return;
    const auto lock = locked();
    handle_ = vm_.get();
}

void Engine::open_vm() {
    Options vm = options_.vm;
    if (manner_ == Manner::Begins) vm.max_output = beyond(most_output());
    vm.output = [this](fk_level level, std::string_view text) { take_output(level, text); };
    host_methods_ = host_methods(*this);
    for (const fk_method &method : freekill::methods(*host_methods_)) vm.methods.push_back(method);
    if (options_.bind) options_.bind(vm_);
    vm_.open(vm);
    if (!options_.share_core || manner_ == Manner::Begins) return;
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm_.get(), &stats);
    if (const std::string problem = share_core(stats.pid); !problem.empty())
        log(FK_LEVEL_WARNING, problem);
}

void Engine::show_rooms() noexcept {
    char text[64];
    const auto rooms = std::distance(activities_.upper_bound(0), activities_.end());
    std::snprintf(text, sizeof text, "thread %d: %td %s", shared_->thread, rooms,
                  rooms == 1 ? "room" : "rooms");
    fk_vm_label(vm_.get(), text);
}

void Engine::watch() {
    if (dead_) return;
    live_ = true;
    show_rooms();
    watched_ = loop_->watch(vm_.fd(), mine([this] { poll_vm(); }));
}

// A script that runs against a quota may do so a million times: the same warning again is counted.
void Engine::take_output(fk_level level, std::string_view text) {
    // A turn may have run when it was closed, and what it says of its rooms comes too late.
    if (gone_ && text.starts_with("the notification '")) return;
    count_output(text.size());
    if (level == FK_LEVEL_WARNING && text == warning_) {
        warnings_++;
        return;
    }
    tell_warnings();
    if (level == FK_LEVEL_WARNING) warning_ = text;
    warning_room_ = current_;
    log(level, text, current_);
}

void Engine::tell_warnings() {
    const uint64_t more = std::exchange(warnings_, 0);
    if (more)
        log(FK_LEVEL_WARNING, std::to_string(more) + " times more: " + warning_, warning_room_);
    warning_.clear();
}

void Engine::call_failed(int activity, const Error &error) {
    if (!error.vm_alive()) { // settle() sees to it
        if (!dead_) dead_ = error;
        return;
    }
    std::string text = error.method().empty() ? error.what() : error.method() + ": " + error.what();
    if (!error.traceback().empty()) text += "\n" + error.traceback();
    log(FK_LEVEL_CRITICAL, text, activity);
    Activity *const failed = find_activity(activity);
    if (!failed) return;
    failed->failure = freekill::RoomFailure(error).text();
    const bool at_limit = error.status() == FK_TIMEOUT || error.status() == FK_MEMORY_LIMIT;
    if (at_limit) end_soon(*failed, Ending::ServerError); // what it was doing will not be done
}

// A refusal takes microseconds, and a script may cause a million: the VM's rooms wait for them.
void Engine::end_refused() {
    constexpr uint64_t most_refusals = 10'000;
    if (refused_ || purse_->refusals() - refusals_ < most_refusals) return;
    refused_ = true;
    log(FK_LEVEL_CRITICAL,
        "a script ran against its quotas " + std::to_string(most_refusals) +
            " times in one turn, which ends here",
        current_);
    fk_vm_interrupt(vm_.get());
}

// Closes rooms that will come to no end by themselves, and ends a VM that does not answer.
void Engine::tick() {
    std::vector<std::pair<int, std::string>> endless;
    for (const auto &[number, activity] : activities_)
        if (number > 0)
            if (std::string why = why_endless(static_cast<Room &>(*activity)); !why.empty())
                endless.emplace_back(number, std::move(why));
    for (const auto &[room, why] : endless)
        run([this, room = room, why = why] { close_room(room, why, [](const std::string &) {}); });
    look_at_time();
    if (manner_ == Manner::Waits) poll_vm();
}

std::string Engine::why_endless(const Room &room) const {
    const auto limit = std::chrono::seconds(options_.idle_limit);
    if (options_.idle_limit > 0 && Clock::now() - room.last_call > limit)
        return "Nothing has happened in this room for " + std::to_string(limit.count()) +
               " seconds.";
    if (options_.resume_limit > 0 && room.resumes.value() > options_.resume_limit)
        return "This game has come to no end within " + std::to_string(options_.resume_limit) +
               " steps.";
    return "";
}

void Engine::poll_vm() {
    if (dead_ || gone_) return;
    if (!asked_) begin_refusals();
    const auto began = Clock::now();
    try {
        vm_.poll();
    } catch (const Error &error) {
        call_failed(asked_ ? current_ : 0, error);
    }
    count_time(Clock::now() - began);
}

bool Engine::wants_poll() {
    constexpr std::chrono::milliseconds idle(200);
    if (!untidy_ || dead_ || gone_ || Clock::now() - last_use_ < idle) return false;
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm_.get(), &stats);
    untidy_ = stats.wants_poll != 0;
    return untidy_;
}

void Engine::stir() {
    if (manner_ == Manner::Waits || !live_ || std::exchange(stirred_, true)) return;
    shared_->stirred.push_back(shared_from_this());
}

void Engine::settle() {
    stirred_ = false;
    flush();
    tell_warnings();
    if (gone_ || is_killed()) return;
    if (manner_ == Manner::Waits) return end_ripe();
    constexpr int most = 32; // steps, before others have their turn: embedded, each is a call
    int steps = 0;
    while (steps < most && !is_killed() && next()) steps++;
    if (steps == most) loop_->post(mine([] {}));
}

// Or dead for another reason.
bool Engine::is_killed() {
    if (killed_ && !dead_) {
        const auto lock = locked();
        dead_.emplace(FK_VM_DIED, kill_reason_, false);
    }
    return dead_.has_value();
}

void Engine::flush() {
    for (Player *player : touched_) {
        player->touched = false;
        if (player->spec.connection) guarded([&] { player->spec.connection->flush(); });
    }
    touched_.clear();
}

// Rooms end first, so that nobody waits for the VM's end.
void Engine::shut_down(const Outcome &outcome) {
    gone_ = true;
    const bool was_open = std::exchange(live_, false);
    if (is_killed() && (was_open || manner_ == Manner::Waits))
        log(FK_LEVEL_CRITICAL, "the VM is gone: " + outcome.cause);
    if (dead_ && was_open && options_.vm_died) tell_death(outcome);
    while (!activities_.empty()) end(activities_.begin()->first, outcome);
    watched_.reset();
    forget_steps();
}

void Engine::tell_death(const Outcome &outcome) {
    VmDeath death{id, shared_->thread, {}, dead_->status(), dead_->death(), outcome.cause};
    for (const auto &[number, activity] : activities_) death.rooms.push_back(number);
    guarded([&] { options_.vm_died(death); });
}

void Engine::close() {
    {
        const auto lock = locked();
        handle_ = nullptr;
    }
    if (vm_.close() != FK_OK)
        log(FK_LEVEL_WARNING, std::string("closing the VM: ") + fk_error_last()->message);
}

void Engine::kill(const std::string &reason) {
    const auto lock = locked();
    if (killed_) return;
    kill_reason_ = reason;
    killed_ = true;
    if (handle_) fk_vm_interrupt(handle_);
}

bool Engine::interrupt() {
    const auto lock = locked();
    return handle_ && fk_vm_interrupt(handle_) == FK_OK;
}

} // namespace fk::room
