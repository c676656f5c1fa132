// SPDX-License-Identifier: MIT
#include "large_blocks.h"

#include "base/pages.h"

namespace fkvm {

LargeBlocks::~LargeBlocks() {
    while (first_) release(first_ + 1);
}

void *LargeBlocks::allocate(size_t size) noexcept {
    auto *const head = static_cast<Head *>(allocate_pages(sizeof(Head) + size));
    if (!head) return nullptr;
    head->size = sizeof(Head) + size;
    link(head);
    return head + 1;
}

void LargeBlocks::release(void *block) noexcept {
    Head *const head = static_cast<Head *>(block) - 1;
    unlink(head);
    free_pages(head, head->size);
}

void *LargeBlocks::resize(void *block, size_t size) noexcept {
    Head *head = static_cast<Head *>(block) - 1;
    unlink(head);
    auto *const moved = static_cast<Head *>(resize_pages(head, head->size, sizeof(Head) + size));
    if (moved) {
        head = moved;
        head->size = sizeof(Head) + size;
    }
    link(head);
    return moved ? moved + 1 : nullptr;
}

void LargeBlocks::link(Head *head) noexcept {
    head->previous = nullptr;
    head->next = first_;
    if (first_) first_->previous = head;
    first_ = head;
}

void LargeBlocks::unlink(const Head *head) noexcept {
    (head->previous ? head->previous->next : first_) = head->next;
    if (head->next) head->next->previous = head->previous;
}

} // namespace fkvm
