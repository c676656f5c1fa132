// SPDX-License-Identifier: MIT
// A thread with an event loop: jobs from anywhere, jobs that are due later, one descriptor to
// watch.
#pragma once

#include "model/agenda.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace fk::room {

using Clock = std::chrono::steady_clock;
using Job = std::function<void()>;
using Agenda = fkvm::Agenda<Job>;

class Loop {
  public:
    struct Hooks {
        Job after_each;                                  // after every job, on the thread
        std::function<void(const std::string &)> failed; // a job threw
    };
    explicit Loop(Hooks hooks);
    ~Loop(); // the thread must have ended or be this one

    // Runs first, jobs until end(), then last, on a new thread of that name.
    void start(const std::string &name, Job first, Job last);
    // Takes no more jobs; those that were posted still run, those on the agenda do not. On the
    // thread.
    void end();
    void join(); // does nothing on the thread itself
    bool is_here() const { return std::this_thread::get_id() == id_.load(); }

    // From any thread. False: the loop has ended or will, and the job is dropped.
    bool post(Job job);

    // On the thread only.
    using Milliseconds = std::chrono::duration<double, std::milli>;
    Agenda::Handle in(Milliseconds delay, Job job) { return at(moment_in(delay), std::move(job)); }
    Agenda::Handle at(Clock::time_point moment, Job job) {
        return agenda_.add(moment, std::move(job));
    }
    static Clock::time_point moment_in(Milliseconds delay) {
        return Clock::now() + std::chrono::duration_cast<Clock::duration>(delay);
    }
    void cancel(Agenda::Handle handle) { agenda_.cancel(handle); }
    // Runs readable whenever the descriptor is, as long as what this returns lives; it must go
    // before the loop. -1: never.
    class Watched;
    std::unique_ptr<Watched> watch(int fd, Job readable);
    // Runs it once, when no job is ready.
    void when_idle(Job job) { idle_ = std::move(job); }

  private:
    struct Asio;
    void run_jobs();
    void run(const Job &job);
    void attempt(const Job &job);
    void run_due();
    void arm();

    Hooks hooks_;
    std::unique_ptr<Asio> asio_;
    Job idle_;
    Agenda agenda_;
    std::optional<Clock::time_point> armed_for_;
    bool due_posted_ = false;
    std::mutex mutex_;
    bool accepting_ = true;
    std::atomic<std::thread::id> id_;
    std::thread thread_;
};

class Loop::Watched {
  public:
    Watched(Loop &loop, int fd, Job readable);
    ~Watched(); // the descriptor stays open: it is the VM's
    Watched(const Watched &) = delete;
    Watched &operator=(const Watched &) = delete;

  private:
    struct State;
    static void wait(const std::shared_ptr<State> &state);
    const std::shared_ptr<State> state_;
};

} // namespace fk::room
