// SPDX-License-Identifier: MIT
// The memory of one Lua state: blocks by size class, carved from large regions that go back to the
// system when the VM closes, with all blocks that are left and whatever else the process has
// allocated meanwhile. Lua tells the old size of a block, so small ones need no headers; one state
// is used by one thread at a time, so lists need no locks.
#pragma once

#include "large_blocks.h"

#include <cstddef>
#include <cstdint>

namespace fkvm {

class Slab {
  public:
    Slab() noexcept = default;
    ~Slab();
    Slab(const Slab &) = delete;
    Slab &operator=(const Slab &) = delete;

    // size > 0; nullptr: out of memory.
    void *allocate(size_t size) noexcept;
    void release(void *block, size_t size) noexcept;
    // Never fails for a smaller size.
    void *resize(void *block, size_t old_size, size_t size) noexcept;

    // Gives pages in which nothing is in use back to the system; their addresses serve new blocks.
    // Looks at so many free blocks and goes on with the next call; true: finished. stop_trimming()
    // before anything else is done in between.
    bool trim(size_t blocks) noexcept;
    void stop_trimming() noexcept;

    // Allocates from fresh pages from here on, and writes no more to those that are there: copies of
    // this process share them. What is freed there stays unused. Once at most.
    void seal() noexcept;

  private:
    struct Free {
        Free *next;
    };
    struct Region {
        Region *next;
        size_t size;
    };
    struct Gap { // pages that were given back
        char *begin, *end;
    };
    class PageCounts;
    struct Trimming;
    struct Run { // of sealed pages
        const char *begin, *end;
    };

    // 16, 32 .. 512 bytes, then four classes for each doubling up to 32 KiB; larger blocks are
    // pages of their own.
    static constexpr size_t step = 16, small = 512, largest = 32 << 10;
    static constexpr size_t small_classes = small / step, classes = small_classes + 4 * 6;

    static size_t class_of(size_t size) noexcept;
    static size_t size_of(size_t index) noexcept;
    void *carve(size_t size) noexcept;
    bool add_region() noexcept;
    bool use_gap(size_t size) noexcept;
    void keep_rest() noexcept;
    void give(char *begin, char *end) noexcept;
    void finish_trimming() noexcept;
    void free_regions(Region *first) noexcept;
    bool is_sealed(const void *block) const noexcept;

    Free *free_[classes] = {};
    char *next_ = nullptr, *end_ = nullptr; // of the newest region or a gap, not yet carved
    Region *regions_ = nullptr, *sealed_ = nullptr;
    Run *runs_ = nullptr; // of sealed_, in order; none touches the next
    size_t run_count_ = 0;
    Gap *gaps_ = nullptr;
    size_t gap_count_ = 0;
    LargeBlocks large_;
    Trimming *trimming_ = nullptr;
};

} // namespace fkvm
