// SPDX-License-Identifier: MIT
// Bytes in, lines out. A line is a view that stays where it is while its message is handled, even
// if handling it reads more: while it is pinned no byte moves, full blocks are retired instead.
#pragma once

#include <cstddef>
#include <string_view>

namespace fkvm {

class LineReader {
  public:
    explicit LineReader(size_t max_line) noexcept : max_line_(max_line) {}
    ~LineReader();
    LineReader(const LineReader &) = delete;
    LineReader &operator=(const LineReader &) = delete;

    // Space for reading into; nullptr when out of memory. Then: how much was read.
    char *room(size_t *size) noexcept;
    void add(size_t size) noexcept { block_->end += size; }

    // The next whole line, without its LF. False: there is none yet.
    bool next(std::string_view *line) noexcept;
    bool has_line() noexcept;

    size_t limit() const noexcept { return max_line_; }
    bool too_long() const noexcept { return pending() > max_line_; } // of what is left after next()
    size_t pending() const noexcept { return block_ ? block_->end - block_->begin : 0; }
    std::string_view rest() const noexcept {
        return block_ ? std::string_view(block_->data() + block_->begin, pending())
                      : std::string_view();
    }

    void pin() noexcept { pins_++; }
    void unpin() noexcept {
        if (--pins_ == 0) drop_retired();
    }

  private:
    struct Block {
        Block *next;
        size_t begin, scanned, end, size; // no LF between begin and scanned
        char *data() noexcept { return reinterpret_cast<char *>(this + 1); }
        const char *data() const noexcept { return reinterpret_cast<const char *>(this + 1); }
    };

    bool replace(size_t size) noexcept;
    static void free(Block *block) noexcept;
    void drop_retired() noexcept;

    size_t max_line_;
    Block *block_ = nullptr, *retired_ = nullptr;
    int pins_ = 0;
};

} // namespace fkvm
