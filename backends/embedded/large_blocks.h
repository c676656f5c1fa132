// SPDX-License-Identifier: MIT
// Blocks that are pages of their own. All that are left go with this.
#pragma once

#include <cstddef>

namespace fkvm {

class LargeBlocks {
  public:
    LargeBlocks() noexcept = default;
    ~LargeBlocks();
    LargeBlocks(const LargeBlocks &) = delete;
    LargeBlocks &operator=(const LargeBlocks &) = delete;

    void *allocate(size_t size) noexcept; // nullptr: out of memory
    void release(void *block) noexcept;
    void *resize(void *block, size_t size) noexcept; // never fails for a smaller size

  private:
    struct alignas(16) Head { // in front of the block
        Head *previous, *next;
        size_t size; // of the pages
    };

    void link(Head *head) noexcept;
    void unlink(const Head *head) noexcept;

    Head *first_ = nullptr;
};

} // namespace fkvm
