// SPDX-License-Identifier: MIT
#include "channel.h"

#include "base/clock.h"

#include <cstring>

namespace fkvm {
namespace {

// Numbers go round.
bool is_after(uint32_t a, uint32_t b) noexcept { return static_cast<int32_t>(a - b) > 0; }

} // namespace

void Channel::send(FrameKind kind, std::string_view bytes) {
    kept_.push_back(write_frame({kind, sent_ + 1, taken_}, bytes));
    sent_++;
    under_way_ += kept_.back().size();
    uncredited_ = 0;
    publish(kept_.back());
}

void Channel::say(FrameKind kind, uint32_t number, std::string_view bytes) noexcept try {
    publish(write_frame({kind, number, taken_}, bytes));
} catch (...) { // as if it were lost
}

bool Channel::lets_in(const FrameHead &head, size_t bytes) noexcept {
    if (head.number == arrived_ + 1) {
        flooded_ = flooded_ || held_ + bytes > flood;
        if (flooded_) return false;
        held_ += bytes + FrameHead::size;
        arrived_++;
        asked_ = false;
        return true;
    }
    if (is_after(head.number, arrived_)) ask_again();
    return false;
}

// One question: the answer is a stream of all that follows.
void Channel::ask_again() noexcept {
    if (asked_) return;
    asked_ = true;
    say(FrameKind::Again, arrived_ + 1, {});
}

void Channel::used_up(size_t bytes, uint32_t messages) noexcept {
    taken_ += messages;
    held_ -= bytes + messages * FrameHead::size;
    uncredited_ += bytes;
    if (uncredited_ < credit_at) return;
    uncredited_ = 0;
    say(FrameKind::Credit, 0, {});
}

bool Channel::heard_taken(uint32_t taken) noexcept {
    if (is_after(taken, sent_)) return false; // no end of ours
    const size_t before = kept_.size();
    while (!kept_.empty() && !is_after(sent_ - static_cast<uint32_t>(kept_.size()) + 1, taken)) {
        under_way_ -= kept_.front().size();
        kept_.pop_front();
    }
    return kept_.size() < before;
}

void Channel::heard_sent(uint32_t sent) noexcept {
    if (!is_after(sent, arrived_)) return;
    asked_ = false; // the question, or its answer, may be lost as well
    ask_again();
}

bool Channel::send_again(uint32_t number) noexcept {
    const uint32_t oldest = sent_ - static_cast<uint32_t>(kept_.size()) + 1;
    if (is_after(oldest, number)) return false;
    const uint64_t now = now_ns();
    if (now - answered_again_at_ < again_ns) return true; // it asks again, after a beat
    answered_again_at_ = now;
    for (size_t i = number - oldest; i < kept_.size(); i++) {
        put_u32(kept_[i].data() + 8, taken_);
        publish(kept_[i]);
    }
    return true;
}

} // namespace fkvm
