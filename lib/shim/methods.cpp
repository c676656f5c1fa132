// SPDX-License-Identifier: MIT
// Host methods by name: a small hash table, filled once.
#include "methods.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace fkvm {

void HostMethod::add_first(uint64_t ns) noexcept {
    auto *buckets = new (std::nothrow) Counter[Buckets::count];
    if (!buckets) return;
    buckets[Buckets::of(ns)].add();
    buckets_.store(buckets, std::memory_order_release);
}

bool HostMethod::times(Times *times) const noexcept {
    const Counter *buckets = buckets_.load(std::memory_order_acquire);
    for (size_t i = 0; buckets && i < Buckets::count; i++) times->counts[i] = buckets[i].get();
    times->total_ns = total_ns.get();
    return buckets;
}

// Of the length, the first and the last eight bytes: the names of one server differ there.
size_t Methods::hash(std::string_view name) noexcept {
    uint64_t first = 0, last = 0;
    const size_t n = std::min(name.size(), sizeof first);
    std::memcpy(&first, name.data(), n);
    std::memcpy(&last, name.data() + name.size() - n, n);
    const uint64_t h = (first ^ std::rotl(last, 29) ^ name.size()) * 0x9E3779B97F4A7C15ull;
    return static_cast<size_t>(h ^ (h >> 32));
}

void Methods::take(const fk_method *list) {
    while (list[count_].name) count_++;
    entries_ = std::make_unique<HostMethod[]>(count_);
    size_t room = 8;
    while (room < count_ * 2) room *= 2;
    table_.assign(room, nullptr);
    for (size_t i = 0; i < count_; i++) {
        HostMethod &entry = entries_[i];
        entry.name = list[i].name;
        entry.method = &list[i];
        if (entry.name == "*") any_ = &entry;
        size_t slot = hash(entry.name) & (room - 1);
        while (table_[slot]) slot = (slot + 1) & (room - 1);
        table_[slot] = &entry;
    }
    only_any_ = count_ == 1 && any_;
}

HostMethod *Methods::find(std::string_view name) noexcept {
    if (only_any_) return any_;
    const size_t mask = table_.size() - 1;
    for (size_t slot = hash(name) & mask; table_[slot]; slot = (slot + 1) & mask)
        if (table_[slot]->name == name) return table_[slot];
    return any_;
}

const HostMethod *Methods::at(size_t index) const noexcept {
    return index < count_ ? &entries_[index] : nullptr;
}

} // namespace fkvm
