// SPDX-License-Identifier: MIT
// One open VM as the library sees it: options, backend, lock, clock, counters. No backend is known here.
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "base/counter.h"
#include "base/pages.h"
#include "crash.h"
#include "fk_backend.h"
#include "lock.h"
#include "methods.h"
#include "options.h"
#include "output.h"
#include "recorder.h"
#include "trace.h"

#include <atomic>
#include <memory>
#include <string>

namespace fkvm {

// One level of calls into the VM; lives on the caller's stack.
struct Frame {
    Frame *outer;
    uint64_t limit;       // of VmClock::used()
    Arena::Mark answers;  // where this level's answers begin
    bool opening;         // fk_vm_open's: nothing may nest in it
    bool in_notification; // a host method runs here for a notification: likewise
};

class CallScope;

} // namespace fkvm

struct fk_vm : fkvm::Apart {
    fkvm::Options options;
    const fk_backend *backend = nullptr;
    void *state = nullptr;

    fkvm::CallLock lock;
    fkvm::VmClock clock;
    fkvm::Frame *frame = nullptr; // the innermost, nullptr while idle
    uint32_t depth = 0;
    uint32_t host_calls = 0; // of the outermost call so far
    std::atomic<bool> running{false}, interrupted{false}, closing{false}, dead{false};
    std::atomic<int> references{
        1}; // the handle's own, and one of each thread that waited for the lock
    uint64_t opened = fkvm::now_ns();
    uint64_t generation = 0; // of the process that opened it, see fork.h

    fkvm::Methods methods;
    fkvm::Recorder recorder;
    fkvm::CrashFolder crash;
    fkvm::Output output{recorder, clock};
    fkvm::Arena answers;
    std::unique_ptr<fkvm::Trace> trace;
    std::string death; // why it died
    int death_exit_status = 0;
    fk_death death_cause = FK_DEATH_NONE;

    fkvm::Counter calls, errors, requests, notifications, failed_notifications, host_ns, vm_ns;

    bool untimed = false;
    uint64_t now() const noexcept { return untimed ? 0 : fkvm::now_ns(); } // for the clock

    uint64_t deadline() const noexcept {
        return frame ? clock.moment(frame->limit) : fkvm::VmClock::never;
    }
};

namespace fkvm {

// Fills all that is known of a VM; a fk_stats of this library's size.
void fill_stats(const fk_vm *vm, fk_stats *stats) noexcept;

// The table that backends get.
extern const fk_host host_table;

// Holds the VM for one call: lock, nesting, clock, limits. `status` says whether it may go ahead;
// what must be undone is undone at the end of the scope.
class CallScope {
  public:
    // wait_ms: for a call of another thread.
    CallScope(fk_vm *vm, uint32_t limit_ms, uint32_t wait_ms, bool opening = false) noexcept;
    ~CallScope();
    CallScope(const CallScope &) = delete;
    CallScope &operator=(const CallScope &) = delete;

    fk_status status = FK_OK; // else the failure has been recorded

  private:
    fk_status enter(uint32_t limit_ms, uint32_t wait_ms) noexcept;
    bool wait(uint32_t ms) noexcept;
    fk_status check_nesting() const noexcept;
    static fk_status check_stack() noexcept;

    fk_vm *vm_;
    Frame frame_{};
    bool entered_ = false, waited_ = false;
};

// Drops a reference; the last one frees the VM: a thread that waited for the lock of a VM while it
// was closed leaves after fk_vm_close has returned.
void release(fk_vm *vm) noexcept;

// FK_INVALID in a forked copy, or for NULL; else FK_OK.
fk_status check_vm(const fk_vm *vm, const char *function) noexcept;

} // namespace fkvm
