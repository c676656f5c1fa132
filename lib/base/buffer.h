// SPDX-License-Identifier: MIT
// A growing run of bytes for messages on their way out. Never throws: a failed growth marks it
// broken.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace fkvm {

class Buffer {
  public:
    Buffer() noexcept = default;
    ~Buffer();
    Buffer(const Buffer &) = delete;
    Buffer &operator=(const Buffer &) = delete;

    // Space for `more` bytes behind the end; nullptr when out of memory (then broken() is true).
    char *reserve(size_t more) noexcept {
        return more <= capacity_ - size_ && data_ ? data_ + size_ : grow(more);
    }
    void commit(size_t written) noexcept { size_ += written; } // after reserve
    bool append(std::string_view bytes) noexcept {
        char *end = reserve(bytes.size());
        if (!end) return false;
        if (!bytes.empty()) std::memcpy(end, bytes.data(), bytes.size());
        size_ += bytes.size();
        return true;
    }
    bool append(char c) noexcept { return append(std::string_view(&c, 1)); }

    const char *data() const noexcept { return data_; }
    size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    bool broken() const noexcept { return broken_; }
    std::string_view view() const noexcept { return {data_, size_}; }
    void truncate(size_t size) noexcept {
        size_ = size;
        broken_ = false;
    }
    void erase(size_t at, size_t size) noexcept;
    void consume(size_t front) noexcept {
        front < size_ ? erase(0, front) : clear();
    } // drops bytes at the front
    void clear() noexcept { truncate(0); }
    void
    shrink(size_t keep) noexcept; // gives memory back if the capacity is over keep, whole pages

  private:
    char *grow(size_t more) noexcept;
    char *resize(size_t capacity) noexcept; // nullptr: it is as before

    char *data_ = nullptr;
    size_t size_ = 0, capacity_ = 0;
    bool broken_ = false;
};

} // namespace fkvm
