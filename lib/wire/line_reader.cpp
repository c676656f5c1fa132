// SPDX-License-Identifier: MIT
#include "line_reader.h"

#include "base/pages.h"

#include <cstring>

namespace fkvm {
namespace {

constexpr size_t usual_block = 128 << 10, least_room = 4 << 10;

} // namespace

LineReader::~LineReader() {
    drop_retired();
    free(block_);
}

void LineReader::free(Block *block) noexcept {
    if (block) free_apart(block, sizeof(Block) + block->size);
}

void LineReader::drop_retired() noexcept {
    while (retired_) {
        Block *gone = retired_;
        retired_ = gone->next;
        free(gone);
    }
}

// A new block with what is pending. The old one stays while lines of it are pinned.
bool LineReader::replace(size_t size) noexcept {
    auto *fresh = static_cast<Block *>(allocate_apart(sizeof(Block) + size));
    if (!fresh) return false;
    const size_t used = pending();
    *fresh = Block{nullptr, 0, block_ ? block_->scanned - block_->begin : 0, used, size};
    if (used) std::memcpy(fresh->data(), block_->data() + block_->begin, used);
    if (block_ && pins_) {
        block_->next = retired_;
        retired_ = block_;
    } else {
        free(block_);
    }
    block_ = fresh;
    return true;
}

char *LineReader::room(size_t *size) noexcept {
    if (block_ && !pins_) {
        const size_t used = pending();
        if (used == 0 &&
            block_->size > usual_block * 8) { // a giant line came by: do not keep its block
            free(block_);
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
        const size_t usual = usual_block - sizeof(Block);
        const size_t wanted = pending() * 2 < usual ? usual : pending() * 2;
        if (!replace(wanted)) return nullptr;
    }
    *size = block_->size - block_->end;
    return block_->data() + block_->end;
}

bool LineReader::has_line() noexcept {
    if (!block_ || block_->scanned == block_->end) return false;
    const char *from = block_->data() + block_->scanned;
    const void *lf = std::memchr(from, '\n', block_->end - block_->scanned);
    block_->scanned =
        lf ? static_cast<size_t>(static_cast<const char *>(lf) - block_->data()) : block_->end;
    return lf != nullptr;
}

bool LineReader::next(std::string_view *line) noexcept {
    if (!has_line()) return false;
    *line = {block_->data() + block_->begin, block_->scanned - block_->begin};
    block_->begin = ++block_->scanned;
    return true;
}

} // namespace fkvm
