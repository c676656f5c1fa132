// SPDX-License-Identifier: MIT
// What the status socket of this process is told about a VM, and what it may do to one.
#pragma once

#include "base/counter.h"
#include "fk_backend.h"
#include "histogram.h"
#include "running.h"

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>

namespace fkvm {

// Somebody may ask: what costs something is noted only then.
extern std::atomic<bool> is_monitored;

// Of one VM.
class Monitored {
  public:
    static constexpr size_t longest_label = 64; // bytes

    // By the VM's thread, around its outermost work, and around calls that nobody waits for.
    void begin_work(const char *name, uint64_t now) noexcept {
        if (is_monitored.load(std::memory_order_relaxed)) work_.begin(name, now);
    }
    void end_work(bool is_call, uint64_t ns) noexcept {
        work_.end();
        if (is_call && is_monitored.load(std::memory_order_relaxed)) times_[Buckets::of(ns)].add();
    }
    void begun(const char *name, uint64_t now) noexcept {
        if (is_monitored.load(std::memory_order_relaxed)) begun_.begin(name, now);
    }
    void ended_all() noexcept { begun_.end(); }

    // From any thread.
    void set_label(std::string_view text);
    std::string label() const;
    const Running &work() const noexcept { return work_; }
    const Running &calls_begun() const noexcept { return begun_; }
    uint64_t calls_within(size_t bucket) const noexcept { return times_[bucket].get(); }

    Counter notifies;

  private:
    Running work_, begun_;
    Counter times_[Buckets::count];
    mutable std::mutex mutex_;
    std::string label_;
};

// An operator's order: what runs ends, a child is killed, and every later function of the VM but
// fk_vm_close returns FK_VM_DIED. From any thread. Not FK_OK: it lives on to its next use of a host
// method.
fk_status end_vm(fk_vm *vm) noexcept;
// By who holds the lock of a VM of which that was ordered: it is dead now.
void die_by_order(fk_vm *vm) noexcept;
// What is told of its end.
void tell_order(fk_failure *failure) noexcept;

// With $FK_VM_STATUS, once: the status socket is opened. Returns why not, or "".
std::string monitor_by_environment();

} // namespace fkvm
