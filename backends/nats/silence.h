// SPDX-License-Identifier: MIT
// How long two ends have not heard each other, in ticks. Each beat tells how long the other was not
// heard; so who still hears knows as soon as who does not. Only what is counted here is told: else
// two ends would count on with each other's counts.
#pragma once

#include <algorithm>
#include <cstdint>

namespace fkvm {

class Silence {
  public:
    static constexpr uint32_t longest = 1'000'000;

    // told: for so many ticks the other end has not heard us.
    void heard(uint32_t told) noexcept {
        not_heard_ = 0;
        not_heard_by_other_ = std::min(told, longest);
    }
    // Whether it has lasted for more than so many ticks, in either direction.
    bool tick(uint32_t most) noexcept {
        return std::max(++not_heard_, ++not_heard_by_other_) > most;
    }
    uint32_t to_be_told() const noexcept { return not_heard_; }

  private:
    uint32_t not_heard_ = 0, not_heard_by_other_ = 0;
};

} // namespace fkvm
