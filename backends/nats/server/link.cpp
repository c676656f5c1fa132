// SPDX-License-Identifier: MIT
#include "link.h"

#include "base/clock.h"
#include "base/per_process.h"
#include "base/signal_mask.h"
#include "nats/notes.h"

#include <charconv>
#include <poll.h>

namespace fkvm {

Link &Link::here() { return of_this_process<Link>(); }

std::string Link::join(const std::shared_ptr<RemoteChild> &child) {
    if (!child->make()) return "no more descriptors can be opened";
    const std::lock_guard joining(joining_);
    if (!connection_)
        if (std::string problem = connect(); !problem.empty()) return disconnect(), problem;
    const std::lock_guard lock(mutex_);
    child->number(++last_vm_);
    children_.emplace(child->vm(), child);
    return {};
}

void Link::leave(const RemoteChild &child) noexcept {
    const std::lock_guard joining(joining_);
    bool is_last;
    {
        const std::lock_guard lock(mutex_);
        children_.erase(child.vm());
        is_last = children_.empty();
    }
    if (is_last) disconnect();
}

std::string Link::connect() {
    settings_ = settings_from_environment();
    name_ = random_name();
    if (wake_.emplace().make() != 0) return "no more descriptors can be opened";
    if (std::string problem = settings_.problem(); !problem.empty()) return problem;
    connection_ = std::make_unique<NatsConnection>();
    std::string problem = connection_->connect(settings_, "fkvm server " + name_, [this] {
        beat_now_.store(true);
        wake();
    });
    if (problem.empty())
        subscription_ = connection_->subscribe(
            server_subject(settings_, name_), [this](const NatsMessage &message) { came(message); },
            &problem);
    if (problem.empty() && !(problem = connection_->checked_refusal()).empty())
        problem = "NATS does not let this server hear of its VMs: " + problem;
    if (!problem.empty()) return problem;
    ends_.store(false);
    const AllSignalsBlocked blocked;
    thread_ = std::thread([this] { run(); });
    return {};
}

void Link::disconnect() noexcept {
    ends_.store(true);
    if (wake_) wake();
    if (thread_.joinable()) thread_.join();
    subscription_.reset();
    connection_.reset();
    wake_.reset();
    workers_.clear();
}

void Link::ask(const RemoteChild &child, const std::string &wish) noexcept try {
    const std::string me = server_subject(settings_, name_) + "." + std::to_string(child.vm());
    connection_->ask(open_subject(settings_), me, write_frame({FrameKind::Open, 0, 0}, wish));
} catch (...) { // it will be asked again
}

std::string Link::vm_subject(const std::string &worker, uint32_t vm) const {
    return worker_subject(settings_, worker) + "." + name_ + "." + std::to_string(vm);
}

Link::Children Link::children() {
    const std::lock_guard lock(mutex_);
    return children_;
}

// To ".VM", or from a worker to ".beat.WORKER".
void Link::came(const NatsMessage &message) try {
    if (message.subject.starts_with("beat."))
        return beat_came(std::string(message.subject.substr(5)), message.data);
    uint32_t vm = 0;
    const char *end = message.subject.data() + message.subject.size();
    if (std::from_chars(message.subject.data(), end, vm).ptr != end) return;
    std::shared_ptr<RemoteChild> child;
    {
        const std::lock_guard lock(mutex_);
        const auto found = children_.find(vm);
        if (found == children_.end()) return;
        child = found->second;
    }
    FrameHead head;
    if (message.nobody_there) return child->refused("no worker is there that has room", false);
    if (read_head(message.data, &head)) came_to(*child, head, message.data.substr(FrameHead::size));
} catch (...) { // out of memory: as if it were lost
}

void Link::came_to(RemoteChild &child, const FrameHead &head, std::string_view bytes) {
    if (head.kind == FrameKind::Taken) return take(child, bytes);
    if (head.kind != FrameKind::Refused) return child.heard(head, bytes);
    const Notes notes = Notes::of(bytes);
    child.refused(notes.text("why"), notes.number("for_good") != 0);
}

void Link::take(RemoteChild &child, std::string_view bytes) {
    const Notes notes = Notes::of(bytes);
    const std::string worker = notes.text("worker"), machine = notes.text("machine");
    if (!is_name(worker)) return;
    const std::string subject = vm_subject(worker, child.vm());
    child.taken_by(worker, machine, subject);
    if (child.worker() == worker) {
        const std::lock_guard lock(mutex_);
        workers_[worker].machine = machine;
        return;
    }
    publish(subject, write_frame({FrameKind::Kill, 0, 0})); // another was faster
}

// What of ours a worker does not name any more, it has forgotten: its end was lost.
void Link::beat_came(const std::string &worker, std::string_view message) {
    FrameHead head;
    if (!read_head(message, &head)) return;
    {
        const std::lock_guard lock(mutex_);
        const auto found = workers_.find(worker);
        if (found == workers_.end()) return;
        found->second.silence.heard(head.number);
    }
    message.remove_prefix(FrameHead::size);
    if (head.kind == FrameKind::Leaves) return lose_worker(worker, std::string(message));
    const auto entries = read_entries(message);
    for (const auto &[vm, child] : children()) {
        if (child->worker() != worker) continue;
        const auto entry = entries.find(vm);
        entry == entries.end() ? child->lose("its worker has forgotten it")
                               : child->heard_beat(entry->second);
    }
}

void Link::run() {
    uint64_t next_tick = 0;
    while (!ends_.load()) {
        pollfd woken{wake_->get(), POLLIN, 0};
        ::poll(&woken, 1, tick_ms);
        wake_->drain();
        const bool is_tick = now_ns() >= next_tick; // however often it is woken
        if (is_tick) next_tick = now_ns() + uint64_t{tick_ms} * 1'000'000;
        try {
            for (const auto &[vm, child] : children()) child->say_wish();
            if (is_tick) tick();
            if (beat_now_.exchange(false)) beat();
        } catch (...) { // out of memory: the next tick may have some
        }
    }
}

// Silence is counted in ticks: while this process stood still nobody was silent.
void Link::tick() {
    const uint32_t most = settings_.silence / tick_ms;
    std::map<std::string, Worker> lost;
    {
        const std::lock_guard lock(mutex_);
        for (auto &[name, worker] : workers_)
            if (worker.silence.tick(most)) lost.emplace(name, worker);
        for (const auto &[name, _] : lost) workers_.erase(name);
    }
    for (const auto &[name, worker] : lost) {
        publish(beat_subject(name), write_frame({FrameKind::Leaves, 0, 0})); // if it still hears us
        lose_worker(name, "nothing was heard from its worker on " + worker.machine + " for " +
                              std::to_string(settings_.silence) + " ms (FK_VM_NATS_SILENCE)");
    }
    if (++ticks_ % ticks_a_beat == 0) beat();
}

std::string Link::beat_subject(const std::string &worker) const {
    return worker_subject(settings_, worker) + "." + name_ + ".beat";
}

void Link::lose_worker(const std::string &worker, const std::string &why) {
    for (const auto &[vm, child] : children())
        if (child->worker() == worker) child->lose(why);
}

// To each worker: this server lives, and these are its VMs there.
void Link::beat() {
    std::map<std::string, std::string> beats;
    {
        const std::lock_guard lock(mutex_);
        for (const auto &[name, worker] : workers_)
            beats[name] = write_frame({FrameKind::Beat, worker.silence.to_be_told(), 0});
    }
    for (const auto &[vm, child] : children()) {
        const auto found = beats.find(child->worker());
        if (found == beats.end() || child->ended()) continue;
        add_entry(&found->second, child->entry());
    }
    for (const auto &[name, message] : beats) publish(beat_subject(name), message);
}

} // namespace fkvm
