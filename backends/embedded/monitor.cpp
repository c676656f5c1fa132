// SPDX-License-Identifier: MIT
#include "monitor.h"

#include "base/clock.h"
#include "interrupt.h"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>
#include <vector>

namespace fkvm {
namespace {

struct Monitor {
    std::mutex starting; // held while the thread is started or joined
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Interrupter *> watched;
    std::thread thread;

    void run() {
        std::unique_lock lock(mutex);
        while (!watched.empty()) {
            const uint64_t now = now_ns();
            uint64_t next = now + uint64_t{3600} * 1'000'000'000;
            for (Interrupter *interrupter : watched) next = std::min(next, interrupter->look(now));
            changed.wait_until(
                lock, std::chrono::steady_clock::time_point(std::chrono::nanoseconds(next)));
        }
    }
};

Monitor &monitor() {
    static auto *one = new Monitor; // never freed: VMs may close while the process exits
    return *one;
}

// No signal of the server's may be handled on our thread.
void start_thread(Monitor &m) {
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    try {
        m.thread = std::thread([&m] { m.run(); });
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &old, nullptr);
        throw;
    }
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

} // namespace

bool watch(Interrupter *interrupter) noexcept {
    Monitor &m = monitor();
    const std::lock_guard starting(m.starting);
    try {
        {
            const std::lock_guard lock(m.mutex);
            m.watched.push_back(interrupter);
        }
        if (!m.thread.joinable()) start_thread(m);
        m.changed.notify_one();
        return true;
    } catch (...) {
        const std::lock_guard lock(m.mutex);
        std::erase(m.watched, interrupter);
        return false;
    }
}

void unwatch(Interrupter *interrupter) noexcept {
    Monitor &m = monitor();
    const std::lock_guard starting(m.starting);
    bool last;
    {
        const std::lock_guard lock(m.mutex);
        std::erase(m.watched, interrupter);
        last = m.watched.empty();
    }
    if (!last) return;
    m.changed.notify_one();
    m.thread.join();
}

} // namespace fkvm
