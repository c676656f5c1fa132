// SPDX-License-Identifier: MIT
// Descriptors that are ready as long as we say so: what a poll sees of a child far away.
#pragma once

#include "base/event_fd.h"

namespace fkvm {

// Readable while it rings.
class Bell {
  public:
    int fd() const noexcept { return event_.get(); }
    bool make() noexcept { return event_.make() == 0; }
    void set(bool rings) noexcept {
        if (rings == rings_) return;
        rings_ = rings;
        rings ? event_.add(1) : event_.drain();
    }

  private:
    EventFd event_;
    bool rings_ = false;
};

// Writable while it is open.
class Gate {
  public:
    int fd() const noexcept { return event_.get(); }
    bool make() noexcept { return event_.make() == 0; }
    void set(bool open) noexcept {
        if (open == open_) return;
        open_ = open;
        open ? event_.drain() : event_.add(EventFd::most);
    }

  private:
    EventFd event_;
    bool open_ = true;
};

} // namespace fkvm
