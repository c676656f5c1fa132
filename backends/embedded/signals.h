// SPDX-License-Identifier: MIT
// The signal that reaches Lua code that runs: which one, and its handler. It is taken while VMs
// need it.
#pragma once

#include <atomic>
#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace fkvm {

class InterruptSignal {
  public:
    InterruptSignal() noexcept = default;
    ~InterruptSignal() { give_back(); }
    InterruptSignal(const InterruptSignal &) = delete;
    InterruptSignal &operator=(const InterruptSignal &) = delete;

    // wanted: a number, 0 for one that nobody handles, or FK_NO_SIGNAL. handler runs on the thread
    // that the signal was sent to. False: the number is none that can be handled. number() is 0
    // where there is none to be had.
    bool take(int wanted, void (*handler)(int)) noexcept;
    void give_back() noexcept; // of our own choice; one that the server named stays handled

    int number() const noexcept { return number_; }
    void unblock() const noexcept;                           // in this thread, once
    bool is_handled_by(void (*handler)(int)) const noexcept; // or has the program taken it back?

    void go_to_this_thread() noexcept; // from here on
    void send() const noexcept;
    bool fetch() const noexcept; // one on its way, should this thread block it; waits a moment

  private:
    int number_ = 0;
    bool chosen_ = false;
#if !defined(_WIN32)
    std::atomic<pthread_t> thread_{};
#endif
};

} // namespace fkvm
