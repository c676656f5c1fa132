// SPDX-License-Identifier: MIT
// Threads come and go: full ones get company, outdated ones an heir, dead ones a successor.
#include "supervisor.h"

#include <algorithm>
#include <filesystem>

namespace fk::room {

namespace {

using std::chrono::milliseconds;

std::vector<std::string> watched(const PoolOptions &options) {
    if (!options.watch.empty()) return options.watch;
    const Options &vm = options.thread.vm;
    const std::filesystem::path script = std::filesystem::path(vm.directory) / vm.script;
    if (vm.directory.empty()) return {script.parent_path().empty() ? "." : script.parent_path()};
    return {vm.directory, script};
}

PoolOptions complete(PoolOptions options) {
    if (!options.thread.storage)
        options.thread.storage = open_sqlite(":memory:", options.thread.log);
    options.threads = std::max(options.threads, 1);
    return options;
}

} // namespace

Supervisor::Supervisor(PoolOptions options)
    : options_(complete(std::move(options))), watch_(watched(options_)), restarts_(options_),
      loop_({[] {}, [this](const std::string &problem) { log(FK_LEVEL_CRITICAL, problem); }}) {
    loop_.start(
        "fkroom-pool", [this] { tick(), look(); }, [] {});
}

Supervisor::~Supervisor() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    const auto all = threads();
    for (const auto &thread : all) thread->close("The server closes.");
    for (const auto &thread : all) thread->wait();
    loop_.post([this] {
        if (loading_) end_reload("the pool is closed");
        loop_.end();
    });
    loop_.join();
}

void Supervisor::open_first() {
    std::unique_lock lock(mutex_);
    const auto first = open(version_, false);
    settled_.wait(lock, [&] { return first->state() != ThreadState::Starting; });
    lock.unlock();
    if (first->state() != ThreadState::Running) {
        first->wait();
        throw first->error().value_or(Error(FK_OPEN_FAILED, "the VM did not open", false));
    }
    loop_.post([this] { fill(); });
}

// ---- from any thread ----------------------------------------------------------------------------

template <class Spec>
Added Supervisor::add(Spec spec, Added (RoomThread::*add)(Spec)) {
    const std::lock_guard lock(mutex_);
    if constexpr (requires { spec.players; })
        if (spec.id && members_.home_of(spec.id))
            return {0, "there is a room " + std::to_string(spec.id) + " already"};
    Added added;
    bool full = true;
    for (const auto &thread : members_.takers(version_)) {
        if (thread->is_full()) continue;
        added = (thread.get()->*add)(spec);
        if (added) return added;
        full = false;
    }
    if (!full || state() != PoolState::Running) return full ? refuse() : added;
    if (options_.max_threads > 0 && members_.count(version_) >= options_.max_threads)
        return refuse();
    return (open(version_, false).get()->*add)(std::move(spec));
}

template Added Supervisor::add(RoomSpec, Added (RoomThread::*)(RoomSpec));
template Added Supervisor::add(TaskSpec, Added (RoomThread::*)(TaskSpec));

Added Supervisor::refuse() const {
    switch (state()) {
    case PoolState::Running:
        return {0, "the server is full: " + std::to_string(options_.max_threads) + " threads of " +
                       std::to_string(options_.thread.capacity) + " rooms and tasks"};
    case PoolState::Restarting:
        return {0, "the server restarts its VM, try again in a moment. " + problem_};
    case PoolState::GivenUp:
        return {0, "the server has given up after " + std::to_string(options_.burst_limit) +
                       " deaths of its VM, it needs a reload. " + problem_};
    default:
        return {0, "the server closes"};
    }
}

std::shared_ptr<RoomThread> Supervisor::find(int activity) const {
    const std::lock_guard lock(mutex_);
    return members_.home_of(activity);
}

std::vector<std::shared_ptr<RoomThread>> Supervisor::threads() const {
    const std::lock_guard lock(mutex_);
    return members_.all();
}

void Supervisor::set_vm(Options vm) {
    const std::lock_guard lock(mutex_);
    options_.thread.vm = std::move(vm);
}

PoolInfo Supervisor::info() const {
    PoolInfo info{};
    const std::lock_guard lock(mutex_);
    info.state = state();
    info.problem = problem_;
    info.version = version_;
    info.rooms_ended = ended_;
    info.rooms_lost = lost_;
    info.deaths = deaths_;
    info.reloads = reloads_;
    for (const auto &member : members_.all()) {
        const ThreadInfo thread = info.threads.emplace_back(member->info());
        info.rooms += thread.rooms;
        info.tasks += thread.tasks;
        info.players += thread.players;
        info.observers += thread.observers;
        info.rooms_ended += thread.rooms_ended;
        info.rooms_lost += thread.rooms_lost;
    }
    return info;
}

// ---- with the mutex held ------------------------------------------------------------------------

std::shared_ptr<RoomThread> Supervisor::open(int version, bool replacement) {
    const auto number = std::make_shared<std::atomic<int>>(0);
    auto thread = std::make_shared<RoomThread>(options_.thread, [this, number](ThreadState state) {
        loop_.post([this, number, state] { changed(*number, state); });
    });
    *number = thread->id();
    members_.add({thread, version, replacement});
    return thread;
}

PoolState Supervisor::state() const {
    if (closed_) return PoolState::Closed;
    if (!members_.takers(version_).empty()) return PoolState::Running;
    return restarts_.given_up() ? PoolState::GivenUp : PoolState::Restarting;
}

// ---- on the supervisor's thread, which alone uses loading_ and the lists of reloads -------------

void Supervisor::changed(const std::atomic<int> &number, ThreadState state) {
    Member member{};
    {
        const std::lock_guard lock(mutex_);
        Member *const found = members_.find(number);
        if (!found) return;
        member = *found;
        if (state == ThreadState::Dead || state == ThreadState::Closed) {
            const ThreadInfo info = member.thread->info();
            ended_ += info.rooms_ended;
            lost_ += info.rooms_lost;
            members_.remove(number);
        } else {
            found->failed |= state == ThreadState::Draining && found->thread->error();
            found->replacement &= state == ThreadState::Starting;
            opened_ |= state == ThreadState::Running;
        }
        settled_.notify_all();
    }
    // Its rooms play on, but it can open no VM for others.
    const auto error = member.thread->error();
    if (state == ThreadState::Draining && error && !member.failed)
        died("thread " + std::to_string(member.thread->id()) + ": " + error->what());
    if (state == ThreadState::Running && member.version == loading_) end_reload("");
    if (state == ThreadState::Dead || state == ThreadState::Closed) ended(member, state);
}

void Supervisor::ended(const Member &member, ThreadState state) {
    const auto error = member.thread->error();
    const std::string why = error ? error->what() : "";
    if (member.version == loading_) return end_reload(why.empty() ? "it was closed" : why);
    if (state == ThreadState::Dead && !member.failed)
        died("thread " + std::to_string(member.thread->id()) + ": " + why);
    else if (state == ThreadState::Closed && opened_)
        fill();
}

void Supervisor::died(const std::string &why) {
    bool given_up;
    milliseconds backoff;
    {
        const std::lock_guard lock(mutex_);
        deaths_++;
        problem_ = why;
        if (!opened_ || closed_) return;
        restarts_.add_death(Clock::now());
        given_up = restarts_.given_up();
        backoff = restarts_.backoff();
    }
    if (given_up)
        return log(FK_LEVEL_CRITICAL, std::to_string(options_.burst_limit) + " VMs died within " +
                                          std::to_string(options_.burst_window / 1000) +
                                          " seconds; no more are started until a reload. " + why);
    log(FK_LEVEL_WARNING, "a VM died; if one is needed it starts in " +
                              std::to_string(backoff.count()) + " ms. " + why);
    loop_.in(backoff, [this] { restart(); });
}

void Supervisor::restart() {
    const std::lock_guard lock(mutex_);
    if (!closed_ && !restarts_.given_up() && members_.count(version_) < options_.threads)
        open(version_, true);
}

void Supervisor::reload(Done done) {
    const bool posted = loop_.post([this, done] {
        (loading_ ? late_ : waiting_).push_back(done);
        if (!loading_) begin_reload();
    });
    if (!posted && done) done("the pool is closed");
}

void Supervisor::begin_reload() {
    const std::lock_guard lock(mutex_);
    watch_.accept();
    loading_ = ++newest_;
    if (!closed_) open(loading_, false);
}

void Supervisor::end_reload(const std::string &problem) {
    const std::vector<Done> waiting = std::exchange(waiting_, std::exchange(late_, {}));
    std::vector<std::shared_ptr<RoomThread>> outdated;
    {
        const std::lock_guard lock(mutex_);
        if (problem.empty()) {
            version_ = loading_;
            reloads_++;
            restarts_.forget();
            outdated = members_.outdated(version_);
        }
        problem_ = problem;
        loading_ = 0;
    }
    log(problem.empty() ? FK_LEVEL_INFO : FK_LEVEL_CRITICAL,
        problem.empty() ? "reloaded: new rooms open on version " + std::to_string(version_)
                        : "the reload failed, all stays as it was: " + problem);
    for (const auto &thread : outdated) thread->drain();
    for (const Done &done : waiting)
        if (done) done(problem);
    fill();
    if (!waiting_.empty()) begin_reload();
}

void Supervisor::fill() {
    const std::lock_guard lock(mutex_);
    while (!closed_ && !restarts_.given_up() && members_.count(version_) < options_.threads)
        open(version_, false);
}

// Once a second: threads that were opened for a rush and are empty now close.
void Supervisor::tick() {
    loop_.in(milliseconds(1000), [this] {
        {
            const std::lock_guard lock(mutex_);
            Member *const idle = members_.find_idle(version_);
            if (idle && members_.count(version_) > options_.threads) {
                idle->retired = true;
                idle->thread->drain();
            }
        }
        tick();
    });
}

void Supervisor::look() {
    if (options_.watch_interval <= 0) return;
    loop_.in(milliseconds(options_.watch_interval), [this] {
        if (watch_.changed()) {
            log(FK_LEVEL_INFO, "package files have changed");
            reload({});
        }
        look();
    });
}

void Supervisor::log(fk_level level, const std::string &text) const {
    if (options_.thread.log) options_.thread.log({level, text, 0, 0});
}

} // namespace fk::room
