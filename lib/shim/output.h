// SPDX-License-Identifier: MIT
// A VM's output: streams cut into lines, records of the log whole, limited per call, kept by the
// recorder, delivered to the server's callback or to stdout.
#pragma once

#include "base/clock.h"
#include "base/counter.h"
#include "recorder.h"

#include <array>
#include <string>
#include <string_view>

namespace fkvm {

class Output {
  public:
    Output(Recorder &recorder, const VmClock &clock) noexcept
        : recorder_(recorder), clock_(clock) {}
    void take(fk_output_fn fn, void *user, uint32_t limit) noexcept;
    // Of the outermost call. A poll is none: what a child writes between calls has the limit once
    // in a second.
    void begin_call(bool polls) noexcept;
    bool pending() const noexcept { return pending_; } // may end_call() have anything to say?
    void end_call() noexcept; // what is unfinished leaves, what was cut is said
    void write(fk_level level, std::string_view text) noexcept;
    uint64_t cut() const noexcept { return cut_total_.get(); }

  private:
    void write_lines(fk_level level, std::string_view text);
    void write_record(fk_level level, std::string_view text, bool ends);
    void leave(fk_level level) noexcept;
    void deliver(fk_level level, std::string_view text) noexcept;
    std::string_view limited(std::string_view text) noexcept;

    Recorder &recorder_;
    const VmClock &clock_;
    fk_output_fn fn_ = nullptr;
    void *user_ = nullptr;
    uint64_t limit_ = 0, left_ = 0, cut_ = 0;
    Counter cut_total_;
    uint64_t begun_ = 0; // when the limit began
    bool polls_ = false;
    bool pending_ = false;
    std::array<std::string, FK_LEVEL_STDERR + 1> unfinished_;
};

} // namespace fkvm
