// SPDX-License-Identifier: MIT
// Ctrl-C: ends the running call of a VM instead of the program; a second one ends the program.
#pragma once

#include "fk_vm.h"

#include <atomic>
#include <thread>

namespace cli {

class Interrupts {
  public:
    // While it lives, SIGINT interrupts vm. One at a time.
    explicit Interrupts(fk_vm *vm);
    ~Interrupts();
    Interrupts(const Interrupts &) = delete;

    bool asked() const { return asked_; }
    void forget() { asked_ = false; }

  private:
    void watch(fk_vm *vm);

    int pipe_[2];
    std::atomic<bool> asked_ = false;
    std::thread thread_;
};

} // namespace cli
