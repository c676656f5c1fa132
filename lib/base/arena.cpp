// SPDX-License-Identifier: MIT
// Chunks that double in size; rewinding keeps one spare so that a steady load allocates nothing.
#include "arena.h"

#include "pages.h"

#include <cstdlib>
#include <cstring>
#include <new>

namespace fkvm {
namespace {

constexpr size_t alignment = 16;
constexpr size_t first_chunk = 4096; // with its header, like all: whole pages
constexpr size_t largest_chunk = 1 << 20;

size_t aligned(size_t n) noexcept { return (n + alignment - 1) & ~(alignment - 1); }

} // namespace

struct alignas(alignment) Arena::Chunk {
    Chunk *previous;
    size_t used, size;

    char *bytes() noexcept { return reinterpret_cast<char *>(this + 1); }
};

Arena::Arena(void *first, size_t size) noexcept
    : head_(new (first) Chunk{nullptr, 0, size - sizeof(Chunk)}), keep_(0), borrowed_(first) {}

void Arena::free(Chunk *chunk) noexcept {
    if (!chunk || chunk == borrowed_) return;
    borrowed_ ? std::free(chunk) : free_apart(chunk, sizeof(Chunk) + chunk->size);
}

Arena::~Arena() {
    rewind({nullptr, 0});
    free(spare_);
}

void *Arena::allocate(size_t size) noexcept {
    if (size > SIZE_MAX / 2) return nullptr;
    size = aligned(size ? size : 1);
    if (!head_ || head_->size - head_->used < size) {
        if (!grow(size)) return nullptr;
    }
    void *result = head_->bytes() + head_->used;
    head_->used += size;
    return result;
}

bool Arena::grow(size_t size) noexcept {
    Chunk *chunk = spare_;
    if (chunk && chunk->size >= size) {
        spare_ = nullptr;
    } else {
        size_t room = head_ ? (sizeof(Chunk) + head_->size) * 2 : first_chunk;
        if (room > largest_chunk) room = largest_chunk;
        room -= sizeof(Chunk);
        if (room < size) room = size;
        room += sizeof(Chunk);
        chunk = static_cast<Chunk *>(borrowed_ ? std::malloc(room) : allocate_apart(room));
        if (!chunk) return false;
        chunk->size = room - sizeof(Chunk);
    }
    chunk->previous = head_;
    chunk->used = 0;
    head_ = chunk;
    return true;
}

char *Arena::copy(const char *bytes, size_t size) noexcept {
    auto *result = static_cast<char *>(allocate(size));
    if (result && size) std::memcpy(result, bytes, size);
    return result;
}

Arena::Mark Arena::mark() const noexcept { return {head_, head_ ? head_->used : 0}; }

void Arena::rewind(Mark mark) noexcept {
    while (head_ != mark.chunk) {
        Chunk *gone = head_;
        head_ = gone->previous;
        const bool keep = gone->size <= keep_ && (!spare_ || spare_->size < gone->size);
        if (keep) {
            free(spare_);
            spare_ = gone;
        } else {
            free(gone);
        }
    }
    if (head_) head_->used = mark.used;
}

} // namespace fkvm
