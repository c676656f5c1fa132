// SPDX-License-Identifier: MIT
// What is due when: delays, request timers and replies of all rooms, in real time or in one that
// jumps.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace cli {

struct Event {
    int64_t room;
    std::string reason; // the second parameter of ResumeRoom
    int64_t conn = 0;   // whose reply has arrived
};

class Agenda {
  public:
    // In real time a delay takes as long as it says; else the clock jumps to whatever is next.
    explicit Agenda(bool real_time);

    // Milliseconds since the start, on this agenda's clock.
    int64_t now() const;

    // The handle is for cancel().
    using Handle = std::pair<int64_t, uint64_t>;
    Handle add(int64_t delay_ms, Event event);
    bool cancel(Handle handle);

    // What is due now, earliest first; the clock that jumps makes the next one due.
    std::optional<Event> take();

    // Milliseconds until something is due; -1 if nothing ever is.
    int64_t wait_ms() const;

  private:
    bool real_time_;
    int64_t start_, jumped_ = 0;
    uint64_t count_ = 0;
    std::map<Handle, Event> events_;
};

} // namespace cli
