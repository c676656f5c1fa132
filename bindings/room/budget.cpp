// SPDX-License-Identifier: MIT
// The budget's sums, and what Linux says of a child's memory.
#include "budget.h"

#include <algorithm>
#include <cstdio>

namespace fk::room {

namespace {

std::string megabytes(uint64_t bytes) {
    return std::to_string((bytes + 500'000) / 1'000'000) + " MB";
}

} // namespace

std::string MemoryBudget::take(int vm) {
    const std::lock_guard lock(mutex_);
    std::string why = refusal(1);
    if (why.empty()) held_[vm] = 0;
    return why;
}

std::string MemoryBudget::problem(int vms) const {
    const std::lock_guard lock(mutex_);
    return refusal(vms);
}

void MemoryBudget::measured(int vm, uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    if (const auto found = held_.find(vm); found != held_.end()) found->second = bytes;
}

void MemoryBudget::give_back(int vm) {
    const std::lock_guard lock(mutex_);
    held_.erase(vm);
}

std::string MemoryBudget::refusal(int vms) const {
    const uint64_t now = held(), one = of_one();
    if (now + static_cast<uint64_t>(vms) * one <= bytes_) return "";
    return "the memory budget of " + megabytes(bytes_) + " is used up: " +
           (held_.size() == 1 ? "1 VM holds " : std::to_string(held_.size()) + " VMs hold ") +
           megabytes(now) + ", and a new one may need " + megabytes(one) +
           ". Try again when a game has ended, or raise the budget";
}

// Each will need what one needs, also if it has just begun.
uint64_t MemoryBudget::held() const {
    uint64_t sum = 0;
    const uint64_t one = of_one();
    for (const auto &[vm, bytes] : held_) sum += std::max(bytes, one);
    return sum;
}

uint64_t MemoryBudget::of_one() const {
    constexpr uint64_t enough = 8;
    uint64_t sum = 0, count = 0;
    for (const auto &[vm, bytes] : held_) sum += bytes, count += bytes != 0;
    const uint64_t average = count ? sum / count : 0;
    return count < enough ? std::max(expected_, average) : average;
}

BudgetInfo MemoryBudget::info() const {
    const std::lock_guard lock(mutex_);
    return {bytes_, held(), of_one(), static_cast<int>(held_.size())};
}

std::shared_ptr<MemoryBudget> share_memory(uint64_t bytes, uint64_t expected) {
    return std::make_shared<MemoryBudget>(bytes, expected);
}

BudgetInfo info_of(const MemoryBudget &budget) { return budget.info(); }

uint64_t own_bytes_of(int64_t pid) {
    char path[64], line[256];
    std::snprintf(path, sizeof path, "/proc/%lld/smaps_rollup", static_cast<long long>(pid));
    std::FILE *const file = std::fopen(path, "re");
    if (!file) return 0;
    unsigned long long kilobytes = 0;
    while (std::fgets(line, sizeof line, file))
        if (std::sscanf(line, "Pss: %llu kB", &kilobytes) == 1) break;
    std::fclose(file);
    return kilobytes * 1024;
}

} // namespace fk::room
