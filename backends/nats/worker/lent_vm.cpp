// SPDX-License-Identifier: MIT
// What a server says to its VM, and how a VM begins and ends. Its streams are in relay.cpp.
#include "lent_vm.h"

#include "base/clock.h"
#include "nats/notes.h"

#include <chrono>
#include <csignal>

namespace fkvm {

void LentVm::want(std::string_view what) {
    const std::lock_guard lock(mutex_);
    if (!over_) channel_.send(FrameKind::Wanted, what);
}

bool LentVm::next_scripts(std::string *bytes, uint64_t until) {
    std::unique_lock lock(mutex_);
    const auto moment = std::chrono::steady_clock::time_point(
        std::chrono::nanoseconds(static_cast<int64_t>(until)));
    changed_.wait_until(lock, moment, [&] { return !scripts_.empty() || killed_; });
    if (scripts_.empty()) return false;
    *bytes = std::move(scripts_.front());
    scripts_.pop_front();
    channel_.used_up(bytes->size(), 1);
    return true;
}

void LentVm::started(ChildProcess child, bool from_template) {
    const std::lock_guard lock(mutex_);
    child_ = std::move(child);
    running_ = true;
    (from_template ? tally_.opened_from_template : tally_.opened_fresh)++;
    if (killed_) child_.kill();
    Notes notes;
    notes.number("pid", static_cast<uint64_t>(child_.pid()))
        .number("from_template", from_template)
        .number("resident", child_.resident());
    channel_.send(FrameKind::Started, notes.json());
    for (const Watched what : {Watched::Out, Watched::Err, Watched::End}) set_watched(what, true);
    write_on();
}

void LentVm::not_started(fk_status status, const std::string &problem) {
    const std::lock_guard lock(mutex_);
    tally_.not_opened++;
    if (!over_) end(Notes().text("status", fk_status_name(status)).text("problem", problem).json());
}

void LentVm::words(std::string_view said) {
    const std::lock_guard lock(mutex_);
    channel_.send(FrameKind::Words, said);
}

void LentVm::kill() {
    const std::lock_guard lock(mutex_);
    kill_now();
}

void LentVm::kill_now() {
    killed_ = true;
    changed_.notify_all();
    if (running_ && !gone_) child_.kill();
}

void LentVm::interrupt() {
    const std::lock_guard lock(mutex_);
    if (running_ && !gone_) child_.signal(SIGINT);
}

void LentVm::heard(const FrameHead &head, std::string_view bytes) {
    if (head.kind == FrameKind::Kill) return kill();
    const std::lock_guard lock(mutex_);
    if (channel_.heard_taken(head.taken)) more_room();
    if (head.kind == FrameKind::Again)
        static_cast<void>(channel_.send_again(head.number)); // in vain: the server notices
    else if (head.kind == FrameKind::Interrupt && running_ && !gone_ && !bytes.empty())
        child_.tell_to_end(static_cast<fk_status>(bytes[0]), head.number);
    else if (is_numbered(head.kind) && channel_.lets_in(head, bytes.size()))
        take_numbered(head, bytes);
    else if (channel_.flooded())
        kill_now();
}

void LentVm::take_numbered(const FrameHead &head, std::string_view bytes) {
    if (head.kind == FrameKind::Scripts) {
        scripts_.emplace_back(bytes);
        return changed_.notify_all();
    }
    if (head.kind == FrameKind::Bytes) return feed(bytes);
    channel_.used_up(bytes.size(), 1);
    if (head.kind != FrameKind::CloseInput) return;
    closing_ = true;
    write_on();
}

void LentVm::heard_beat(const BeatEntry &entry) {
    const std::lock_guard lock(mutex_);
    if (channel_.heard_taken(entry.taken)) more_room();
    channel_.heard_sent(entry.sent);
}

BeatEntry LentVm::entry() {
    constexpr uint64_t often = 1'000'000'000;
    const std::lock_guard lock(mutex_);
    const uint64_t now = now_ns();
    if (running_ && !gone_ && now - resident_at_ > often) {
        resident_at_ = now;
        resident_kb_ = static_cast<uint32_t>(child_.resident() / 1024);
    }
    return {wish_.vm, channel_.sent(), channel_.taken(), resident_kb_};
}

bool LentVm::is_over(uint64_t patience_ns) const {
    const std::lock_guard lock(mutex_);
    return over_ && (channel_.all_taken() || now_ns() - over_at_ > patience_ns);
}

bool LentVm::has_ended() const {
    const std::lock_guard lock(mutex_);
    return over_;
}

pid_t LentVm::pid() const {
    const std::lock_guard lock(mutex_);
    return child_.pid();
}

} // namespace fkvm
