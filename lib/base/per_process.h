// SPDX-License-Identifier: MIT
// What each process has one of: a forked copy has neither the threads nor the VMs of the other.
#pragma once

#include "fork.h"

#include <mutex>

namespace fkvm {

// Never freed: VMs may close while the process exits.
template <class T>
T &of_this_process() {
    static std::mutex mutex;
    static T *newest = nullptr;
    static uint64_t generation = 0;
    const std::lock_guard lock(mutex);
    if (!newest || generation != process_generation()) {
        newest = new T;
        generation = process_generation();
    }
    return *newest;
}

} // namespace fkvm
