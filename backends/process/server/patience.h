// SPDX-License-Identifier: MIT
// How a child is brought to end what it does: it is asked, gets a while for that, and asked again
// meanwhile. Whoever asked kills it when that was in vain.
#pragma once

#include "child.h"

#include <cstdint>

namespace fkvm {

class Patience {
  public:
    explicit Patience(Child &child) noexcept : child_(child) {}

    // Other work begins: nobody has been asked to end that.
    void forget() noexcept { reason_ = FK_OK; }
    // It has answered: what is left of its work gets a while of its own.
    void renew() noexcept { until_ = 0; }

    fk_status reason() const noexcept { return reason_; } // FK_OK: it has not been asked

    // Asks, if it is time to. False: the child has had its chance.
    bool ask(fk_status reason, uint32_t messages) noexcept;
    int wait_ms() const noexcept; // until it is time to ask again

  private:
    static constexpr uint64_t grace_ns =
        50'000'000; // between asking a child to end its call and killing it
    static constexpr uint64_t longest_grace_ns = 2'000'000'000; // of one that gets no core
    static constexpr uint64_t ask_again_ns = 5'000'000;

    bool starved() const noexcept; // on a busy machine it has had no chance yet

    Child &child_;
    fk_status reason_ = FK_OK;
    uint64_t until_ = 0;                  // 0: begins with the next ask()
    uint64_t began_ = 0, cpu_before_ = 0; // when it began, and the child's CPU time then
    uint64_t asked_ = 0;                  // the last time
};

} // namespace fkvm
