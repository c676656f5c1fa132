// SPDX-License-Identifier: MIT
// The life of a thread's VM: opening, calls, death and the end.
#include "engine.h"

#include "core.h"
#include "host_methods.h"

#include "model/shown.h"
#include <fk/freekill/failure.hpp>

#include <cstdio>

namespace fk::room {

namespace {

std::atomic<int> last_thread = 0;

void print(const LogRecord &record) {
    static const char *const words[] = {"print", "debug",  "info",  "warning",
                                        "error", "stdout", "stderr"};
    std::string line =
        std::string(words[record.level]) + ": thread " + std::to_string(record.thread);
    if (record.room) line += ", room " + std::to_string(record.room);
    line += ": ";
    std::string_view text =
        record.text; // its lines stand below its first: none looks like a record
    for (size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1))
        line += fkvm::harmless(text.substr(0, end)) + "\n    ";
    line += fkvm::harmless(text) + '\n';
    fwrite(line.data(), 1, line.size(), stderr);
}

// Who waits for loads takes long by leave.
constexpr uint32_t host_time = 5000; // ms of one call

ThreadOptions complete(ThreadOptions options) {
    if (!options.log) options.log = print;
    if (options.vm.host_timeout == 0)
        options.vm.host_timeout = host_time + 4 * static_cast<uint32_t>(options.load_wait);
    if (!options.storage) options.storage = open_sqlite(":memory:", options.log);
    return options;
}

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

} // namespace

Engine::Engine(ThreadOptions options, std::function<void(ThreadState)> changed)
    : id(++last_thread), options_(complete(std::move(options))), changed_(std::move(changed)),
      loop_(std::make_shared<Loop>(
          Loop::Hooks{[this] { settle(); },
                      [this](const std::string &problem) { log(FK_LEVEL_CRITICAL, problem); }})),
      purse_(purse_of(options_.quotas)) {}

void Engine::start() {
    const auto self = shared_from_this();
    loop_->start(
        "fkroom-" + std::to_string(id), [self] { self->open(); }, [self] { self->finish(); });
}

void Engine::open() {
    try {
        open_vm();
    } catch (const Error &error) {
        dead_ = error;
    } catch (const std::exception &problem) { // of options_.bind
        dead_.emplace(FK_OPEN_FAILED, problem.what(), false);
    }
    if (dead_) return;
    {
        const auto lock = locked();
        handle_ = vm_.get();
    }
    loop_->watch(vm_.fd(), [this] { poll_vm(); });
    tick();
    if (state() == ThreadState::Starting) set_state(ThreadState::Running);
}

void Engine::open_vm() {
    Options vm = options_.vm;
    vm.output = [this](fk_level level, std::string_view text) { take_output(level, text); };
    host_methods_ = host_methods(*this);
    for (const fk_method &method : freekill::methods(*host_methods_)) vm.methods.push_back(method);
    if (options_.bind) options_.bind(vm_);
    vm_.open(vm);
    if (!options_.share_core) return;
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm_.get(), &stats);
    if (const std::string problem = share_core(stats.pid); !problem.empty())
        log(FK_LEVEL_WARNING, problem);
}

// A script that runs against a quota may do so a million times: the same warning again is counted.
void Engine::take_output(fk_level level, std::string_view text) {
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

// A refusal takes microseconds, and a script may cause a million: all rooms of the VM wait for them.
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

// Once a second: lets the VM tidy up, and closes rooms that will come to no end by themselves.
void Engine::tick() {
    loop_->in(std::chrono::seconds(1), [this] {
        poll_vm();
        std::vector<std::pair<int, std::string>> endless;
        for (const auto &[id, activity] : activities_)
            if (id > 0)
                if (std::string why = why_endless(static_cast<Room &>(*activity)); !why.empty())
                    endless.emplace_back(id, std::move(why));
        for (const auto &[room, why] : endless) close_room(room, why);
        tick();
    });
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
    begin_refusals();
    try {
        vm_.poll();
    } catch (const Error &error) {
        call_failed(0, error);
    }
}

void Engine::settle() {
    flush();
    tell_warnings();
    if (gone_) return;
    if (killed_ && !dead_) {
        const auto lock = locked();
        dead_.emplace(FK_VM_DIED, kill_reason_, false);
    }
    if (dead_) {
        shut_down({Ending::ServerError, GAME_LOST, dead_->what()});
        return;
    }
    end_ripe();
    if (state() == ThreadState::Draining && load() == 0)
        shut_down({Ending::Closed, "The server has been updated.", "the thread was drained"});
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
    {
        const auto lock = locked();
        state_ = ThreadState::Draining; // takes nothing more from now on
    }
    if (dead_) log(FK_LEVEL_CRITICAL, "the VM is gone: " + outcome.cause);
    while (!activities_.empty()) end(activities_.begin()->first, outcome);
    loop_->end();
    {
        const auto lock = locked();
        handle_ = nullptr;
    }
    if (vm_.close() != FK_OK)
        log(FK_LEVEL_WARNING, std::string("closing the VM: ") + fk_error_last()->message);
}

// The last of the thread: all posted jobs have run.
void Engine::finish() {
    {
        const auto lock = locked();
        error_ = dead_;
    }
    set_state(dead_ ? ThreadState::Dead : ThreadState::Closed);
    const auto lock = locked();
    finished_ = true;
    finish_.notify_all();
}

void Engine::set_state(ThreadState state) {
    {
        const auto lock = locked();
        state_ = state;
    }
    if (changed_) guarded([&] { changed_(state); });
}

void Engine::log(fk_level level, std::string_view text, int room) const {
    try {
        options_.log({level, text, id, room});
    } catch (const std::exception &) { // against the contract; the record must not be lost with it
        print({level, text, id, room});
    }
}

void Engine::guarded(const Job &job) const {
    try {
        job();
    } catch (const std::exception &problem) {
        log(FK_LEVEL_CRITICAL, std::string("the server's own code threw: ") + problem.what());
    }
}

} // namespace fk::room
