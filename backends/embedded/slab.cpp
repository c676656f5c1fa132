// SPDX-License-Identifier: MIT
#include "slab.h"

#include "base/pages.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace fkvm {
namespace {

constexpr size_t first_region = 64 << 10, largest_region = 1 << 20;

} // namespace

size_t Slab::class_of(size_t size) noexcept {
    if (size <= small) return (size + step - 1) / step - 1;
    const size_t last = size - 1;
    const auto doubling = static_cast<size_t>(std::bit_width(last)) - 10; // 0 for 513 .. 1024
    const size_t quarter = (last >> (doubling + 7)) & 3;
    return small_classes + 4 * doubling + quarter;
}

size_t Slab::size_of(size_t index) noexcept {
    if (index < small_classes) return (index + 1) * step;
    const size_t doubling = (index - small_classes) / 4, quarter = (index - small_classes) % 4;
    return (small << doubling) + ((quarter + 1) << (doubling + 7));
}

Slab::~Slab() {
    stop_trimming();
    free_regions(regions_);
    free_regions(sealed_);
    std::free(runs_);
    std::free(gaps_);
}

void Slab::free_regions(Region *first) noexcept {
    while (first) {
        Region *const region = first;
        first = region->next;
        free_pages(region, region->size);
    }
}

void *Slab::allocate(size_t size) noexcept {
    if (size > largest) return large_.allocate(size);
    const size_t index = class_of(size);
    if (Free *const block = free_[index]) {
        Free *const next = block->next;
        free_[index] = next;
        __builtin_prefetch(next, 1); // wanted soon, and cold: its first word is a link, too
        return block;
    }
    return carve(size_of(index));
}

void Slab::release(void *block, size_t size) noexcept {
    if (size > largest) return large_.release(block);
    if (is_sealed(block)) return;
    auto *const freed = static_cast<Free *>(block);
    Free *&list = free_[class_of(size)];
    freed->next = list;
    list = freed;
}

void *Slab::resize(void *block, size_t old_size, size_t size) noexcept {
    if (old_size > largest && size > largest) return large_.resize(block, size);
    if (old_size <= largest && size <= largest && class_of(old_size) == class_of(size))
        return block;
    void *const result = allocate(size);
    if (!result) return size < old_size ? block : nullptr;
    std::memcpy(result, block, std::min(old_size, size));
    release(block, old_size);
    return result;
}

void Slab::seal() noexcept {
    size_t count = 0;
    for (const Region *region = regions_; region; region = region->next) count++;
    auto *runs = static_cast<Run *>(std::malloc(std::max<size_t>(count, 1) * sizeof(Run)));
    if (!runs) return; // the copies pay for it
    for (Free *&list : free_) list = nullptr;
    next_ = end_ = nullptr;
    gap_count_ = 0;
    sealed_ = std::exchange(regions_, nullptr);
    runs_ = runs;
    for (const Region *region = sealed_; region; region = region->next) {
        const char *const begin = reinterpret_cast<const char *>(region);
        *runs++ = {begin, begin + region->size};
    }
    std::sort(runs_, runs, [](const Run &a, const Run &b) { return a.begin < b.begin; });
    run_count_ = 0;
    for (const Run *run = runs_; run != runs; run++) {
        if (run_count_ && runs_[run_count_ - 1].end == run->begin)
            runs_[run_count_ - 1].end = run->end;
        else
            runs_[run_count_++] = *run;
    }
}

bool Slab::is_sealed(const void *block) const noexcept {
    const auto *const at = static_cast<const char *>(block);
    const Run *run = std::upper_bound(runs_, runs_ + run_count_, at,
                                      [](const char *a, const Run &r) { return a < r.begin; });
    return run != runs_ && at < run[-1].end;
}

void *Slab::carve(size_t size) noexcept {
    if (static_cast<size_t>(end_ - next_) < size && !use_gap(size) && !add_region()) return nullptr;
    void *const block = next_;
    next_ += size;
    return block;
}

// What is left of the old region serves smaller blocks.
void Slab::keep_rest() noexcept {
    give(next_, end_);
    next_ = end_;
}

// The bytes of [begin, end) as free blocks.
void Slab::give(char *begin, char *end) noexcept {
    for (size_t left; (left = static_cast<size_t>(end - begin)) >= step;) {
        size_t index = class_of(std::min(left, largest));
        if (size_of(index) > left) index--;
        release(begin, size_of(index));
        begin += size_of(index);
    }
}

bool Slab::use_gap(size_t size) noexcept {
    for (size_t i = gap_count_; i-- > 0;) {
        const Gap gap = gaps_[i];
        if (static_cast<size_t>(gap.end - gap.begin) < size) continue;
        gaps_[i] = gaps_[--gap_count_];
        keep_rest();
        next_ = gap.begin;
        end_ = gap.end;
        return true;
    }
    return false;
}

bool Slab::add_region() noexcept {
    const size_t size = regions_ ? std::min(regions_->size * 2, largest_region) : first_region;
    auto *const region = static_cast<Region *>(allocate_pages(size));
    if (!region) return false;
    keep_rest();
    *region = {regions_, size};
    regions_ = region;
    next_ = reinterpret_cast<char *>(region) + std::max(sizeof(Region), step);
    end_ = reinterpret_cast<char *>(region) + size;
    return true;
}

} // namespace fkvm
