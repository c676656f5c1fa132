// SPDX-License-Identifier: MIT
// When a VM that died has a successor: later after each death, never after a burst of them.
#pragma once

#include "loop.h"

#include <fk/room/pool.hpp>

#include <algorithm>
#include <deque>

namespace fk::room {

class Restarts {
  public:
    explicit Restarts(const PoolOptions &options)
        : first_(options.first_backoff), longest_(options.max_backoff),
          window_(options.burst_window),
          limit_(static_cast<size_t>(std::max(options.burst_limit, 1))) {}

    void add_death(Clock::time_point now) {
        deaths_.push_back(now);
        while (now - deaths_.front() > window_) deaths_.pop_front();
        given_up_ = deaths_.size() >= limit_;
    }
    void forget() {
        deaths_.clear();
        given_up_ = false;
    }

    bool given_up() const { return given_up_; }
    std::chrono::milliseconds backoff() const {
        const auto doublings = std::min<size_t>(deaths_.size() - 1, 20);
        return std::min(first_ * (int64_t{1} << doublings), longest_);
    }

  private:
    const std::chrono::milliseconds first_, longest_, window_;
    const size_t limit_;
    std::deque<Clock::time_point> deaths_; // within the window
    bool given_up_ = false;
};

} // namespace fk::room
