// SPDX-License-Identifier: MIT
// What the link hears of a child.
#include "nats/notes.h"
#include "remote_child.h"

#include <csignal>

namespace fkvm {

void RemoteChild::heard(const FrameHead &head, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    if (state_ == State::Ended) return;
    if (channel_.heard_taken(head.taken)) {
        gate_.set(channel_.room() > 0);
        changed_.notify_all();
    }
    if (head.kind == FrameKind::Again) {
        if (!channel_.send_again(head.number))
            end(0, FK_DEATH_UNKNOWN, "is lost: a message to it was lost, and is not kept any more");
    } else if (is_numbered(head.kind) && channel_.lets_in(head, bytes.size())) {
        take_numbered(head.kind, bytes);
    } else if (channel_.flooded()) {
        channel_.say(FrameKind::Kill, 0, {});
        end(0, FK_DEATH_UNKNOWN, "is lost: its worker sent more than there was room for");
    }
}

void RemoteChild::take_numbered(FrameKind kind, std::string_view bytes) {
    switch (kind) {
    case FrameKind::Bytes:
        return put(in_, in_bell_, bytes);
    case FrameKind::Words:
        return put(err_, err_bell_, bytes);
    case FrameKind::Wanted:
        wanted_.emplace_back(bytes);
        return changed_.notify_all();
    case FrameKind::Started:
        return take_start(bytes);
    case FrameKind::Ended:
        return take_end(bytes);
    default:
        return channel_.used_up(bytes.size(), 1); // of a later version
    }
}

// Nothing is the end of a stream.
void RemoteChild::put(Inbox &inbox, Bell &bell, std::string_view bytes) {
    if (bytes.empty()) {
        inbox.ended = true;
        channel_.used_up(0, 1);
    } else {
        inbox.messages.emplace_back(bytes);
    }
    bell.set(true);
}

void RemoteChild::take_start(std::string_view bytes) {
    const Notes notes = Notes::of(bytes);
    pid_.store(static_cast<pid_t>(notes.number("pid")));
    resident_.store(notes.number("resident"));
    from_template_ = notes.number("from_template") != 0;
    channel_.used_up(bytes.size(), 1);
    state_ = State::Started;
    started_ = true;
    changed_.notify_all();
}

void RemoteChild::take_end(std::string_view bytes) {
    const Notes notes = Notes::of(bytes);
    note_ = bytes;
    out_of_memory_ = notes.number("out_of_memory") != 0;
    channel_.used_up(bytes.size(), 1);
    end(static_cast<int>(static_cast<int64_t>(notes.number("exit_status"))),
        static_cast<fk_death>(notes.number("death")), notes.text("described"));
}

// What came before it can still be read.
void RemoteChild::end(int exit_status, fk_death death, std::string described) noexcept {
    state_ = State::Ended;
    exit_status_ = exit_status;
    death_ = death;
    described_ = std::move(described);
    in_bell_.set(true);
    err_bell_.set(true);
    end_bell_.set(true);
    gate_.set(true); // who waits there learns that it is gone
    changed_.notify_all();
}

void RemoteChild::taken_by(const std::string &worker, const std::string &machine,
                           std::string subject) {
    const std::lock_guard lock(mutex_);
    if (state_ != State::Asked) return;
    worker_ = worker;
    machine_ = machine;
    channel_.move_to(std::move(subject));
    state_ = State::Taken;
    changed_.notify_all();
}

void RemoteChild::refused(const std::string &why, bool for_good) {
    const std::lock_guard lock(mutex_);
    if (state_ != State::Asked) return;
    refused_ = true;
    refused_for_good_ = for_good;
    refusal_ = why;
    changed_.notify_all();
}

void RemoteChild::heard_beat(const BeatEntry &entry) {
    const std::lock_guard lock(mutex_);
    if (state_ == State::Ended) return;
    resident_.store(uint64_t{entry.resident_kb} * 1024);
    if (channel_.heard_taken(entry.taken)) {
        gate_.set(channel_.room() > 0);
        changed_.notify_all();
    }
    channel_.heard_sent(entry.sent);
    if (killed_) channel_.say(FrameKind::Kill, 0, {}); // it may have been lost
}

void RemoteChild::lose(const std::string &why) {
    const std::lock_guard lock(mutex_);
    if (state_ != State::Ended) end(0, FK_DEATH_UNKNOWN, "is lost: " + why);
}

BeatEntry RemoteChild::entry() const {
    const std::lock_guard lock(mutex_);
    return {vm_, channel_.sent(), channel_.taken(), 0};
}

std::string RemoteChild::worker() const {
    const std::lock_guard lock(mutex_);
    return worker_;
}

} // namespace fkvm
