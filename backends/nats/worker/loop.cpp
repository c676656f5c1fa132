// SPDX-License-Identifier: MIT
// The loop of a worker: what children write and how they end, and what is due now and then.
#include "worker.h"

#include "base/clock.h"
#include "nats/scripts/scripts_error.h"

#include <sys/epoll.h>

namespace fkvm {

std::string Worker::start() {
    events_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
    if (!events_) return "no more descriptors can be opened";
    if (std::string problem = options_.nats.problem(); !problem.empty()) return problem;
    std::string problem = connection_.connect(
        options_.nats, "fkvm worker " + name_ + " on " + options_.machine, [this] { beat(); });
    if (!problem.empty()) return problem;
    mine_ = connection_.subscribe(
        worker_subject(options_.nats, name_), [this](const NatsMessage &m) { came(m); }, &problem);
    if (!mine_) return problem;
    try {
        opener_.start();
    } catch (const ScriptsError &failed) {
        return failed.what();
    }
    take_work();
    if (!queue_) return "NATS does not let this worker hear what servers ask for";
    problem = connection_.checked_refusal();
    return problem.empty() ? problem : "NATS does not let this worker work: " + problem;
}

bool Worker::watch(int fd, uint64_t key, bool out) noexcept {
    epoll_event event{};
    event.events = out ? EPOLLOUT : EPOLLIN;
    event.data.u64 = key;
    return ::epoll_ctl(events_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Worker::forget(int fd) noexcept {
    epoll_event event{};
    ::epoll_ctl(events_.get(), EPOLL_CTL_DEL, fd, &event);
}

void Worker::drain() noexcept { drains_.store(true); }
void Worker::stop() noexcept { stops_.store(true); }

void Worker::run() {
    constexpr int most = 64;
    epoll_event events[most];
    uint64_t next_tick = now_ns();
    while (!stops_.load() && !(drains_.load() && count() == 0)) {
        const int n = ::epoll_wait(events_.get(), events, most, tick_ms);
        for (int i = 0; i < n; i++) happened(events[i].data.u64);
        if (now_ns() < next_tick) continue;
        next_tick = now_ns() + uint64_t{tick_ms} * 1'000'000;
        tick();
    }
}

void Worker::happened(uint64_t key) {
    std::shared_ptr<LentVm> vm;
    {
        const std::lock_guard lock(mutex_);
        const auto found = by_key_.find(key >> 2);
        if (found != by_key_.end()) vm = found->second.lock();
    }
    try {
        if (vm) vm->happened(static_cast<Watched>(key & 3));
    } catch (...) {
        vm->kill();
    }
}

void Worker::tick() try {
    lose_silent_servers();
    forget_what_is_over();
    take_work();
    if (++ticks_ % ticks_a_beat == 0) beat();
} catch (...) { // out of memory: the next tick may have some
}

// Asks for work as long as there is room for it.
void Worker::take_work() {
    const bool wanted = !drains_.load() && count() < options_.capacity;
    if (wanted == static_cast<bool>(queue_)) return;
    std::string problem;
    queue_ = !wanted ? nullptr
                     : connection_.serve_queue(
                           open_subject(options_.nats), "workers",
                           [this](const NatsMessage &m) { asked(m); }, &problem);
}

// Silence is counted in ticks: while this process stood still nobody was silent.
void Worker::lose_silent_servers() {
    const uint32_t most = options_.nats.silence / tick_ms;
    std::map<std::string, Server> lost;
    {
        const std::lock_guard lock(mutex_);
        for (auto &[name, server] : servers_)
            if (server.silence.tick(most)) lost.emplace(name, std::move(server));
        for (const auto &[name, _] : lost) servers_.erase(name);
    }
    const std::string time = std::to_string(options_.nats.silence) + " ms (FK_VM_NATS_SILENCE)";
    for (auto &[name, server] : lost) {
        leave(name, "its worker has not heard this server for " + time);
        give_up(server, "nothing was heard from server " + name + " for " + time);
    }
}

// The server has not heard us, and holds our VMs for lost.
void Worker::left_by(const std::string &name) {
    Server lost;
    {
        const std::lock_guard lock(mutex_);
        const auto found = servers_.find(name);
        if (found == servers_.end()) return;
        lost = std::move(found->second);
        servers_.erase(found);
    }
    give_up(lost, "server " + name + " has not heard this worker");
}

void Worker::give_up(Server &server, const std::string &why) {
    size_t alive = 0;
    for (auto &[_, vm] : server.vms) alive += !vm->has_ended();
    tally_.servers_lost += alive > 0;
    if (alive) on_event(why + ": its " + std::to_string(alive) + " VMs are killed");
    for (auto &[_, vm] : server.vms) vm->kill();
}

void Worker::forget_what_is_over() {
    const uint64_t patience = uint64_t{options_.nats.silence} * 4'000'000;
    const std::lock_guard lock(mutex_);
    for (auto &[_, server] : servers_)
        std::erase_if(server.vms,
                      [&](const auto &entry) { return entry.second->is_over(patience); });
    std::erase_if(by_key_, [](const auto &entry) { return entry.second.expired(); });
}

// Within the lock: a VM that is lent meanwhile must not seem to be forgotten.
void Worker::beat() {
    const std::lock_guard lock(mutex_);
    for (auto &[name, server] : servers_) {
        std::string message = write_frame({FrameKind::Beat, server.silence.to_be_told(), 0});
        for (auto &[number, vm] : server.vms) add_entry(&message, vm->entry());
        connection_.publish(beat_subject(name), message);
    }
}

} // namespace fkvm
