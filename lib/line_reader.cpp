// SPDX-License-Identifier: MIT
#include "line_reader.h"

#include <cstdlib>
#include <cstring>

namespace fk {
namespace {

constexpr size_t usual_size = 128 << 10, least_room = 4 << 10;

} // namespace

LineReader::~LineReader() {
    drop_retired();
    std::free(block_);
}

void LineReader::drop_retired() noexcept {
    while (retired_) {
        Block *gone = retired_;
        retired_ = gone->next;
        std::free(gone);
    }
}

// A new block with what is pending. The old one stays while lines of it are pinned.
bool LineReader::replace(size_t size) noexcept {
    auto *fresh = static_cast<Block *>(std::malloc(sizeof(Block) + size));
    if (!fresh) return false;
    const size_t used = pending();
    *fresh = Block{nullptr, 0, block_ ? block_->scanned - block_->begin : 0, used, size};
    if (used) std::memcpy(fresh->data(), block_->data() + block_->begin, used);
    if (block_ && pins_) {
        block_->next = retired_;
        retired_ = block_;
    } else {
        std::free(block_);
    }
    block_ = fresh;
    return true;
}

char *LineReader::room(size_t *size) noexcept {
    if (block_ && !pins_) {
        const size_t used = pending();
        if (used == 0 && block_->size > usual_size * 8) { // a giant line came by: do not keep its block
            std::free(block_);
            block_ = nullptr;
        } else if (used == 0) {
            block_->begin = block_->scanned = block_->end = 0;
        } else if (block_->begin >= block_->size / 2) {
            std::memmove(block_->data(), block_->data() + block_->begin, used);
            block_->scanned -= block_->begin;
            block_->begin = 0;
            block_->end = used;
        }
    }
    if (!block_ || block_->size - block_->end < least_room) {
        const size_t wanted = pending() * 2 < usual_size ? usual_size : pending() * 2;
        if (!replace(wanted)) return nullptr;
    }
    *size = block_->size - block_->end;
    return block_->data() + block_->end;
}

bool LineReader::has_line() noexcept {
    if (!block_ || block_->scanned == block_->end) return false;
    const char *from = block_->data() + block_->scanned;
    const void *lf = std::memchr(from, '\n', block_->end - block_->scanned);
    block_->scanned = lf ? static_cast<size_t>(static_cast<const char *>(lf) - block_->data()) : block_->end;
    return lf != nullptr;
}

bool LineReader::next(std::string_view *line) noexcept {
    if (!has_line()) return false;
    *line = {block_->data() + block_->begin, block_->scanned - block_->begin};
    block_->begin = ++block_->scanned;
    return true;
}

} // namespace fk
