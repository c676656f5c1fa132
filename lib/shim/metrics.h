// SPDX-License-Identifier: MIT
// What fk_metrics() tells of all VMs of this process: those that are open, and the sums of those
// that were. VMs count for themselves; here they are only added up.
#pragma once

#include "fk_backend.h"
#include "histogram.h"

#include <atomic>
#include <string>

namespace fkvm {

// Times of calls by method, of all VMs: the first names have their own, all others share one.
class CallTimes {
  public:
    static constexpr size_t most_names = 100;

    void add(const char *method, uint64_t ns) noexcept; // from any thread; waits for nobody
    template <class Function>
    void each(Function function) const {
        for (const auto &slot : slots_)
            if (const Entry *entry = slot.load(std::memory_order_acquire))
                function(entry->name, entry->now());
        if (const Times now = other_.now(); now.total_ns) function(other_.name, now);
    }

  private:
    struct Entry {
        std::string name;
        std::atomic<uint64_t> counts[Buckets::count] = {}, total_ns{0};

        void add(uint64_t ns) noexcept;
        Times now() const noexcept;
    };
    Entry &entry_of(const char *method) noexcept;
    Entry *make(std::atomic<Entry *> &slot, const char *method) noexcept;

    static constexpr size_t room = 256;
    std::atomic<Entry *> slots_[room] = {};
    std::atomic<size_t> names_{0};
    Entry other_{"other"};
};
extern CallTimes call_times;

enum class Limit { OpenTimeout, CallTimeout, HostTimeout, Memory };
void count_limit(Limit limit) noexcept;
void count_interrupt() noexcept;
void count_death(fk_death cause) noexcept;

// A VM has been opened, or not; and is about to be closed: what it has counted stays.
void metrics_opened(fk_vm *vm) noexcept;
void metrics_failed(const char *backend) noexcept;
void metrics_closing(fk_vm *vm) noexcept;

// The text of fk_metrics. Throws std::bad_alloc.
std::string metrics_text(bool plain);

} // namespace fkvm
