// SPDX-License-Identifier: MIT
// One open VM as the library sees it: options, backend, lock, clock, counters. No backend is known
// here.
#pragma once

#include "async.h"
#include "base/arena.h"
#include "base/counter.h"
#include "base/pages.h"
#include "base/running_clock.h"
#include "crash.h"
#include "ending.h"
#include "fk_backend.h"
#include "lock.h"
#include "methods.h"
#include "monitor.h"
#include "options.h"
#include "output.h"
#include "recorder.h"
#include "trace.h"
#include "wire/work.h"

#include <atomic>
#include <memory>
#include <string>

namespace fkvm {

// One level of work in the VM; lives on the caller's stack.
struct Frame {
    Frame *outer;
    Work work;
    uint64_t limit;       // of VmClock::used()
    Arena::Mark answers;  // where this level's answers begin
    bool in_notification; // a host method runs here for a notification: nothing may nest in it
    fk_value **result;    // where a call's result goes; NULL: nowhere
    int64_t trace_id;     // 0: not traced
    bool answered;
};

} // namespace fkvm

struct fk_vm : fkvm::Apart {
    fkvm::Options options;
    const fk_backend *backend = nullptr;
    void *state = nullptr; // of the backend; other threads read it by state_of()

    fkvm::CallLock lock;
    fkvm::VmClock clock;
    fkvm::Frame *frame = nullptr; // the innermost, nullptr while idle
    uint32_t depth = 0;
    uint32_t host_calls = 0;          // of the outermost call so far
    uint64_t host_time = 0;           // likewise, ns
    bool interrupted_by_host = false; // likewise: a host method has had enough of notifications
    fkvm::Ending ending;
    std::atomic<uint64_t> works_until{fkvm::VmClock::never}; // of RunningClock, for the watchdog
    uint64_t watch_period = 0;
    bool is_watched = false;
    std::atomic<bool> closing{false}, dead{false}, is_ordered_to_end{false};
    std::atomic<int> references{1}; // the handle's, and one for each thread that waits for the lock
    uint64_t opened = fkvm::now_ns();
    uint64_t generation = 0; // of the process that opened it, see fork.h

    fkvm::Methods methods;
    fkvm::Monitored monitored;
    fkvm::Recorder recorder;
    fkvm::CrashFolder crash;
    fkvm::Output output{recorder, clock};
    fkvm::Arena answers;
    std::unique_ptr<fkvm::Trace> trace;
    fkvm::BegunCalls begun;
    uint64_t last_begun = 0;
    std::string death; // why it died
    int death_exit_status = 0;
    fk_death death_cause = FK_DEATH_NONE;

    fkvm::Counter calls, errors, requests, notifications, failed_notifications, vm_ns;
    fkvm::Counter host_ns, host_ns_max;

    // The VM's clock goes on, and stops.
    void enter() noexcept { resume(fkvm::RunningClock::now()); }
    void resume(uint64_t now) noexcept {
        clock.enter(now);
        works_until.store(clock.moment(frame->limit), std::memory_order_relaxed);
    }
    void leave() noexcept { leave(fkvm::RunningClock::now()); }
    void leave(uint64_t now) noexcept {
        works_until.store(fkvm::VmClock::never, std::memory_order_relaxed);
        clock.leave(now);
    }
};

namespace fkvm {

// Fills all that is known of a VM; a fk_stats of this library's size.
void fill_stats(const fk_vm *vm, fk_stats *stats) noexcept;

// The VM's memory now, as a line of its trace; for who holds the lock.
void trace_state(fk_vm *vm, uint64_t idle_ns, const Methods *methods = nullptr) noexcept;

// The table that backends get.
extern const fk_host host_table;

// Tells the backend: fk_backend.interrupt. From any thread.
fk_status interrupt_backend(fk_vm *vm, fk_status reason) noexcept;

// Nobody waits for what failed here: one record says it, if the VM lives. Returns what is left to
// report.
fk_status record_failure(fk_vm *vm, const Work &work, fk_status status) noexcept;

// Holds the VM for one piece of work: lock, nesting, clock, limits. `status` says whether it may go
// ahead; what must be undone is undone at the end of the scope.
class CallScope {
  public:
    // wait_ms: for a call of another thread.
    CallScope(fk_vm *vm, Work work, uint32_t limit_ms, uint32_t wait_ms) noexcept;
    ~CallScope();
    CallScope(const CallScope &) = delete;
    CallScope &operator=(const CallScope &) = delete;

    fk_status status = FK_OK; // else the failure has been recorded
    Frame &frame() noexcept { return frame_; }

  private:
    fk_status enter(uint32_t limit_ms, uint32_t wait_ms) noexcept;
    bool wait(uint32_t ms) noexcept;
    fk_status check_nesting() const noexcept;
    static fk_status check_stack() noexcept;

    fk_vm *vm_;
    void trace_state() noexcept;

    Frame frame_{};
    bool entered_ = false, waited_ = false;
    uint64_t entered_at_ = 0;                  // of RunningClock
    uint64_t begun_ = 0, messages_before_ = 0; // of a traced VM
};

// Drops a reference; the last one frees the VM: a thread that waited for the lock of a VM while it
// was closed leaves after fk_vm_close has returned.
void release(fk_vm *vm) noexcept;

// FK_INVALID in a forked copy, or for NULL; else FK_OK.
fk_status check_vm(const fk_vm *vm, const char *function) noexcept;

// What all failures of one VM's functions get before they are returned.
fk_status finish(fk_vm *vm, fk_status status, const char *method) noexcept;

} // namespace fkvm
