// SPDX-License-Identifier: MIT
// A template as the server sees it: a child that has loaded a script, and is copied for every VM.
// For any thread.
#pragma once

#include "child_process.h"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace fkvm {

class TemplateProcess : public Process {
  public:
    TemplateProcess(const ChildCommand &command, int idle_ms)
        : command_(command), idle_ms_(idle_ms) {}

    ~TemplateProcess() { end_copies(); }

    // Makes *child a VM: the spare, or a copy made now; and has the next spare made, which nobody
    // waits for. Starts the template if need be, and waits until it has loaded; at most until that
    // moment of CLOCK_MONOTONIC. 0; ETIMEDOUT: it did not load in time; template_outdated: take
    // another; any other errno: this script is better started anew.
    int copy(ChildProcess *child, const TemplateGo &limits, uint64_t until);

    enum class State { Usable, Ended, Failed }; // Ended: in good order, another may follow

    State state() noexcept; // does not wait

    // What it wrote to its standard error since the last time.
    std::string take_words();

  private:
    int start();
    int order() noexcept;
    void request(const int *descriptors, size_t count) noexcept;
    int hand_out(ChildProcess *child, const TemplateGo &go, bool is_spare, uint64_t until) noexcept;
    int take_answer(bool *is_good, uint64_t until) noexcept;
    int wait(uint64_t until) noexcept;
    void fail(int error) noexcept;
    void end_copies() noexcept;

    const ChildCommand command_;
    const int idle_ms_;
    std::timed_mutex mutex_; // one request at a time
    PrivateFd control_;
    Fd err_;
    std::optional<ChildProcess> spare_; // ordered; without a pid until it has said that it is there
    bool started_ = false;
    State state_ = State::Usable;
};

} // namespace fkvm
