// SPDX-License-Identifier: MIT
// What is due when; things of the same moment keep their order.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace fkvm {

using Moment = std::chrono::steady_clock::time_point;

template <class Due>
class Agenda {
  public:
    using Handle = std::pair<Moment, uint64_t>;

    Handle add(Moment moment, Due due) {
        const Handle handle(moment, ++count_);
        list_.emplace(handle, std::move(due));
        return handle;
    }
    bool cancel(Handle handle) { return list_.erase(handle) > 0; }
    void clear() { list_.clear(); }

    std::optional<Moment> next() const {
        if (list_.empty()) return std::nullopt;
        return list_.begin()->first.first;
    }

    // The earliest that is due, if any.
    std::optional<Due> take(Moment now) {
        const auto first = list_.begin();
        if (first == list_.end() || first->first.first > now) return std::nullopt;
        std::optional<Due> due(std::move(first->second));
        list_.erase(first);
        return due;
    }

  private:
    std::map<Handle, Due> list_;
    uint64_t count_ = 0;
};

} // namespace fkvm
