// SPDX-License-Identifier: MIT
// A template as the server sees it: a child that has loaded a script, and is copied for every VM. For any thread.
#pragma once

#include "child_process.h"

#include <cstdint>
#include <mutex>
#include <string>

namespace fk {

class TemplateProcess : public Process {
  public:
    TemplateProcess(const ChildCommand &command, int idle_ms) : command_(command), idle_ms_(idle_ms) {}

    // A VM on these streams. Starts the template if need be, and waits until it has loaded; at most until that moment of
    // CLOCK_MONOTONIC. 0; ETIMEDOUT: it did not load in time; template_outdated: take another; any other errno: this
    // script is better started anew. After a failure other copies cannot be had.
    int copy(const ChildStreams &streams, uint64_t until, pid_t *pid, int *pidfd);

    enum class State { Usable, Ended, Failed }; // Ended: in good order, another may follow

    State state() noexcept; // does not wait

    // What it wrote to its standard error since the last time.
    std::string take_words();

  private:
    int start();
    int ask(const ChildStreams &streams, uint64_t until, pid_t *pid, int *pidfd) noexcept;
    int wait(uint64_t until) noexcept;
    void end_copies() noexcept;

    const ChildCommand command_;
    const int idle_ms_;
    std::timed_mutex mutex_; // one request at a time
    Fd control_, err_;
    bool started_ = false;
    State state_ = State::Usable;
};

} // namespace fk
