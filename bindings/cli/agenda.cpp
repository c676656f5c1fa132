// SPDX-License-Identifier: MIT
// What is due when; events of the same moment keep their order.
#include "agenda.h"

#include "clocks.h"

#include <algorithm>

namespace cli {

Agenda::Agenda(bool real_time) : real_time_(real_time), start_(monotonic_ns() / 1'000'000) {}

int64_t Agenda::now() const { return real_time_ ? monotonic_ns() / 1'000'000 - start_ : jumped_; }

Agenda::Handle Agenda::add(int64_t delay_ms, Event event) {
    const Handle handle(now() + std::max<int64_t>(delay_ms, 0), count_++);
    events_.emplace(handle, std::move(event));
    return handle;
}

bool Agenda::cancel(Handle handle) { return events_.erase(handle) > 0; }

std::optional<Event> Agenda::take() {
    const auto first = events_.begin();
    if (first == events_.end() || (real_time_ && first->first.first > now())) return std::nullopt;
    jumped_ = std::max(jumped_, first->first.first);
    Event event = std::move(first->second);
    events_.erase(first);
    return event;
}

int64_t Agenda::wait_ms() const {
    if (events_.empty()) return -1;
    return real_time_ ? std::max<int64_t>(events_.begin()->first.first - now(), 0) : 0;
}

} // namespace cli
