// SPDX-License-Identifier: MIT
// Standard input, for a thread that others can wake while it waits there.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace cli {

class Keyboard {
  public:
    Keyboard(); // throws std::runtime_error if there is no pipe to be had
    ~Keyboard();
    Keyboard(const Keyboard &) = delete;
    Keyboard &operator=(const Keyboard &) = delete;

    // A byte; false at the end of input and after stop(). `woken` is called, on this thread, after
    // each wake() while it waits.
    bool read(char &byte, const std::function<void()> &woken = {});

    // The same, waiting so long at most (negative: not at all), or until a wake().
    enum Heard { Byte, Nothing, Ended };
    Heard read_within(int64_t ms, char &byte);

    // From any thread; wake() from a signal handler too.
    void stop();
    void wake();
    bool stopped() const { return stopped_; }

  private:
    Heard wait(int ms, const std::function<void()> &woken);
    void hear(const std::function<void()> &woken);

    int pipe_[2];
    std::atomic<bool> stopped_ = false;
    char buffer_[4096];
    size_t used_ = 0, filled_ = 0;
};

} // namespace cli
