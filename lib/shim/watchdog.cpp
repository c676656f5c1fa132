// SPDX-License-Identifier: MIT
#include "watchdog.h"

#include "base/per_process.h"
#include "base/running_clock.h"
#include "base/signal_mask.h"
#include "vm.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace fkvm {
namespace {

constexpr uint64_t ms = 1'000'000, shortest_period = 5 * ms, longest_period = 5000 * ms;
constexpr uint64_t late = 100 * ms; // that a busy machine wakes a thread, without having stopped

class Watchdog {
  public:
    bool watch(fk_vm *vm) noexcept {
        const std::lock_guard starting(starting_);
        try {
            {
                const std::lock_guard lock(mutex_);
                watched_.push_back(vm);
            }
            if (!thread_.joinable()) start(vm->watch_period);
            changed_.notify_one();
            return true;
        } catch (...) {
            const std::lock_guard lock(mutex_);
            std::erase(watched_, vm);
            return false;
        }
    }

    void unwatch(fk_vm *vm) noexcept {
        const std::lock_guard starting(starting_);
        bool is_last;
        {
            const std::lock_guard lock(mutex_);
            std::erase(watched_, vm);
            is_last = watched_.empty();
        }
        if (!is_last || !thread_.joinable()) return;
        changed_.notify_one();
        thread_.join();
    }

    void look_again() noexcept {
        const std::lock_guard lock(mutex_); // or it could be about to wait
        changed_.notify_one();
    }

  private:
    // The process may be stopped before the thread has run for the first time.
    void start(uint64_t period) {
        const AllSignalsBlocked on_our_thread;
        RunningClock::tick(now_ns() + period + late);
        thread_ = std::thread([this] { run(); });
    }

    void run() {
        std::unique_lock lock(mutex_);
        while (!watched_.empty()) {
            uint64_t wait = longest_period;
            for (fk_vm *vm : watched_) wait = std::min(wait, look(vm));
            const uint64_t next = now_ns() + std::max(wait, shortest_period);
            RunningClock::tick(next + late);
            changed_.wait_until(
                lock, std::chrono::steady_clock::time_point(std::chrono::nanoseconds(next)));
        }
        RunningClock::stop_ticking();
    }

    // Returns after how long to look again.
    static uint64_t look(fk_vm *vm) noexcept {
        const uint64_t word = vm->ending.now();
        const uint64_t until = vm->works_until.load(std::memory_order_relaxed);
        const uint64_t now = RunningClock::now(), period = vm->watch_period;
        if (!Ending::is_working(word) || until == VmClock::never) return period;
        if (now < until) return std::min(period, until - now);
        vm->ending.wish(word, Ending::Limit);
        interrupt_backend(
            vm, FK_TIMEOUT); // again and again: a backend may have been too busy to hear it
        return shortest_period;
    }

    std::mutex starting_; // held while the thread is started or joined
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<fk_vm *> watched_;
    std::thread thread_;
};

Watchdog &here() { return of_this_process<Watchdog>(); }

} // namespace

bool watch(fk_vm *vm) noexcept {
    const fk_vm_options &options = vm->options.get();
    uint64_t shortest = UINT64_MAX;
    for (const uint32_t limit : {options.open_timeout, options.call_timeout})
        if (limit != FK_NO_LIMIT) shortest = std::min(shortest, uint64_t{limit} * ms);
    if (shortest == UINT64_MAX) return true;
    vm->watch_period = std::clamp(shortest / 8, shortest_period, longest_period);
    vm->is_watched = here().watch(vm);
    return vm->is_watched;
}

void unwatch(fk_vm *vm) noexcept {
    if (vm->is_watched) here().unwatch(vm);
    vm->is_watched = false;
}

void look_again() noexcept { here().look_again(); }

} // namespace fkvm
