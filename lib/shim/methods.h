// SPDX-License-Identifier: MIT
// A VM's host methods by name, with what each of them cost.
#pragma once

#include "base/counter.h"
#include "fk_vm.h"
#include "histogram.h"

#include <memory>
#include <string_view>
#include <vector>

namespace fkvm {

struct HostMethod {
    std::string_view name;
    const fk_method *method = nullptr;
    Counter calls, total_ns, max_ns;

    HostMethod() noexcept = default;
    ~HostMethod() { delete[] buckets_.load(std::memory_order_relaxed); }
    HostMethod(const HostMethod &) = delete;
    HostMethod &operator=(const HostMethod &) = delete;

    void add(uint64_t ns) noexcept {
        calls.add();
        total_ns.add(ns);
        max_ns.raise(ns);
        if (Counter *buckets = buckets_.load(std::memory_order_relaxed))
            buckets[Buckets::of(ns)].add();
        else
            add_first(ns);
    }
    bool times(Times *times) const noexcept; // from any thread; false: it was never called

  private:
    void add_first(uint64_t ns) noexcept;

    std::atomic<Counter *> buckets_{nullptr}; // made by the first call: most have none
};

class Methods {
  public:
    void take(const fk_method *list); // which outlives this
    // The entry of that name, else "*", else nullptr.
    HostMethod *find(std::string_view name) noexcept;
    const HostMethod *any() const noexcept { return any_; } // "*"
    const HostMethod *at(size_t index) const noexcept;

    static size_t hash(std::string_view name) noexcept;

  private:
    std::unique_ptr<HostMethod[]> entries_;
    size_t count_ = 0;
    std::vector<HostMethod *> table_; // open addressing, a power of two, never full
    HostMethod *any_ = nullptr;
    bool only_any_ = false; // as in a child
};

} // namespace fkvm
