// SPDX-License-Identifier: MIT
#include "work_limits.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace fkvm {

Limits::Piece::Piece(Limits &limits, Work work, uint32_t message) noexcept
    : limits_(limits), work_(work), outer_until_(limits.until_.load(std::memory_order_relaxed)),
      was_running_(limits.running_.load(std::memory_order_relaxed)) {
    if (limits.depth_.load(std::memory_order_relaxed) == 0) {
        const bool asked_for = work.kind == Work::Call || work.kind == Work::Notification;
        limits.old_wish_.store(asked_for ? 0 : limits.wish_.load(), std::memory_order_relaxed);
        limits.first_.store(message & number_mask, std::memory_order_relaxed);
        limits.overdue_.store(0, std::memory_order_relaxed);
        limits.used_.store(0, std::memory_order_relaxed);
        limits.fresh_.store(work.kind != Work::Close, std::memory_order_relaxed);
        limits.name_ = work.name;
    }
    const uint64_t limit = limits.limit_of(work.kind), used = limits.used_.load();
    limits.until_.store(std::min(outer_until_, limit == never ? never : used + limit));
    limits.depth_.fetch_add(1);
    limits.running_.store(true, std::memory_order_relaxed);
}

Limits::Piece::~Piece() {
    limits_.running_.store(was_running_, std::memory_order_relaxed);
    limits_.depth_.fetch_sub(1);
    limits_.until_.store(outer_until_, std::memory_order_relaxed);
}

uint64_t Limits::limit_of(Work::Kind kind) const noexcept {
    const uint32_t ms = kind == Work::Open    ? options_.open_timeout
                        : kind == Work::Close ? options_.close_timeout
                                              : options_.call_timeout;
    return ms == FK_NO_LIMIT ? never : uint64_t{ms} * 1'000'000;
}

fk_status Limits::must_end() const noexcept {
    if (!is_working()) return FK_OK;
    const uint64_t wish = wish_.load();
    const auto word = static_cast<uint32_t>(wish);
    const uint32_t ahead = ((word >> 1) - first_.load(std::memory_order_relaxed)) & number_mask;
    if (wish && wish != old_wish_.load(std::memory_order_relaxed) && ahead <= number_mask / 2)
        return word & 1 ? FK_TIMEOUT : FK_INTERRUPTED;
    return used_.load(std::memory_order_relaxed) >= until_.load(std::memory_order_relaxed)
               ? FK_TIMEOUT
               : FK_OK;
}

void Limits::wish(uint32_t word) noexcept {
    const uint64_t serial = (wish_.load(std::memory_order_relaxed) >> 32) + 1;
    wish_.store(serial << 32 | word);
}

void Limits::wish_all(bool timeout) noexcept {
    wish(first_.load(std::memory_order_relaxed) << 1 | (timeout ? 1 : 0));
}

Limits::Next Limits::tick(uint64_t ns) noexcept {
    if (!running_.load(std::memory_order_relaxed)) return Next::Nothing;
    if (!fresh_.exchange(false, std::memory_order_relaxed))
        used_.fetch_add(ns, std::memory_order_relaxed);
    if (must_end() == FK_OK) return Next::Nothing;
    return overdue_.fetch_add(ns, std::memory_order_relaxed) > grace ? Next::GiveUp
                                                                     : Next::Interrupt;
}

void Limits::name_work(char *text, size_t size) const noexcept {
    const char *name = name_;
    const size_t n = name ? std::min(std::strlen(name), size - 1) : 0;
    if (n) std::memcpy(text, name, n);
    text[n] = '\0';
}

} // namespace fkvm
