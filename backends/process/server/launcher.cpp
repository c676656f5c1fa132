// SPDX-License-Identifier: MIT
#include "launcher.h"

#include "base/fork.h"

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <functional>
#include <mutex>
#include <pthread.h>
#include <thread>

namespace fkvm {
namespace {

class Launcher {
  public:
    // Runs work on the thread; waits for it. False: there is no thread.
    bool run(const std::function<void()> &work) {
        const std::lock_guard one(starting_);
        std::unique_lock lock(mutex_);
        if (!thread_.joinable() && !start()) return false;
        users_++;
        work_ = &work;
        changed_.notify_all();
        changed_.wait(lock, [this] { return !work_; });
        return true;
    }

    void leave() noexcept {
        const std::lock_guard one(starting_);
        {
            const std::lock_guard lock(mutex_);
            if (--users_ > 0) return;
            changed_.notify_all();
        }
        thread_.join();
    }

  private:
    // No signal of the server's may be handled on our thread.
    bool start() noexcept {
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        try {
            thread_ = std::thread([this] { serve(); });
        } catch (...) { // then it is not joinable
        }
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        return thread_.joinable();
    }

    void serve() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return work_ || users_ == 0; });
            if (!work_) return;
            (*work_)();
            work_ = nullptr;
            changed_.notify_all();
        }
    }

    std::mutex starting_; // one at a time, and while the thread is joined
    std::mutex mutex_;
    std::condition_variable changed_;
    const std::function<void()> *work_ = nullptr;
    int users_ = 0;
    std::thread thread_;
};

// One for each process: a forked copy has neither the thread nor the children. Never freed: VMs may be open
// while the process exits.
Launcher &here() {
    static std::mutex mutex;
    static Launcher *newest = nullptr;
    static uint64_t generation = 0;
    const std::lock_guard lock(mutex);
    if (!newest || generation != process_generation()) {
        newest = new Launcher;
        generation = process_generation();
    }
    return *newest;
}

} // namespace

int Launched::spawn(const ChildCommand &command, const ChildStreams &streams, pid_t *pid,
                    int *pidfd) {
    int error = EAGAIN;
    if (!here().run([&] { error = fkvm::spawn(command, streams, pid, pidfd); })) return EAGAIN;
    generation_ = process_generation();
    return error;
}

void Launched::end() noexcept {
    if (generation_ != 0 && generation_ == process_generation()) here().leave();
    generation_ = 0;
}

} // namespace fkvm
