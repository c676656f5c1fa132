// SPDX-License-Identifier: MIT
// Memory with stack discipline: parameters and results of one call live in an Arena and leave
// together.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fkvm {

// A bump allocator over chunks of pages. Nothing throws; nullptr means out of memory. Nested calls
// take a mark and rewind to it; chunks stay for the next call, up to `keep` bytes, so that a VM at
// steady state allocates nothing. Not thread-safe.
class Arena {
  public:
    explicit Arena(size_t keep = 1 << 20) noexcept : keep_(keep) {}
    // One that lives for one function: it begins in memory of its caller (aligned to 16 bytes), and
    // what it needs more is malloc's, which maps no page for it.
    Arena(void *first, size_t size) noexcept;
    ~Arena();
    Arena(const Arena &) = delete;
    Arena &operator=(const Arena &) = delete;

    void *allocate(size_t size) noexcept; // aligned for fk_value and pointers (16 bytes)

    template <class T>
    T *array(size_t n) noexcept {
        return n > SIZE_MAX / sizeof(T) ? nullptr : static_cast<T *>(allocate(n * sizeof(T)));
    }

    char *copy(const char *bytes, size_t size) noexcept; // not terminated

    struct Mark {
        void *chunk;
        size_t used;
    };
    Mark mark() const noexcept;
    void rewind(Mark mark) noexcept; // frees all that was allocated since

  private:
    struct Chunk;
    bool grow(size_t size) noexcept;
    void free(Chunk *chunk) noexcept;
    Chunk *head_ = nullptr;
    Chunk *spare_ = nullptr;
    size_t keep_;
    void *borrowed_ = nullptr; // the first chunk of one that lives briefly
};

// Such an arena with its first memory, for small values.
class BriefArena {
  public:
    BriefArena() noexcept : arena_(first_, sizeof first_) {}
    Arena &operator*() noexcept { return arena_; }

  private:
    alignas(16) char first_[2048];
    Arena arena_;
};

// Rewinds at the end of a scope. Must not live across a call that may longjmp.
class ArenaScope {
  public:
    explicit ArenaScope(Arena &arena) noexcept : arena_(arena), mark_(arena.mark()) {}
    ~ArenaScope() { arena_.rewind(mark_); }
    ArenaScope(const ArenaScope &) = delete;
    ArenaScope &operator=(const ArenaScope &) = delete;

  private:
    Arena &arena_;
    Arena::Mark mark_;
};

} // namespace fkvm
