// SPDX-License-Identifier: MIT
// What is due when; jobs of the same moment keep their order.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace fk::room {

using Clock = std::chrono::steady_clock;
using Job = std::function<void()>;

class Agenda {
  public:
    using Handle = std::pair<Clock::time_point, uint64_t>;

    Handle add(Clock::time_point due, Job job) {
        const Handle handle(due, ++count_);
        jobs_.emplace(handle, std::move(job));
        return handle;
    }
    bool cancel(Handle handle) { return jobs_.erase(handle) > 0; }
    void clear() { jobs_.clear(); }

    std::optional<Clock::time_point> next() const {
        if (jobs_.empty()) return std::nullopt;
        return jobs_.begin()->first.first;
    }

    // The earliest job that is due, if any.
    Job take(Clock::time_point now) {
        const auto first = jobs_.begin();
        if (first == jobs_.end() || first->first.first > now) return {};
        Job job = std::move(first->second);
        jobs_.erase(first);
        return job;
    }

  private:
    std::map<Handle, Job> jobs_;
    uint64_t count_ = 0;
};

} // namespace fk::room
