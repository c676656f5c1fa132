// SPDX-License-Identifier: MIT
// A growing run of bytes for messages on their way out. Never throws: a failed growth marks it broken.
#pragma once

#include <cstddef>
#include <string_view>

namespace fk {

class Buffer {
  public:
    Buffer() noexcept = default;
    ~Buffer();
    Buffer(const Buffer &) = delete;
    Buffer &operator=(const Buffer &) = delete;

    // Room for `more` bytes behind the end; nullptr when out of memory (then broken() is true).
    char *reserve(size_t more) noexcept;
    void commit(size_t written) noexcept { size_ += written; } // after reserve
    bool append(std::string_view bytes) noexcept;
    bool append(char c) noexcept;

    const char *data() const noexcept { return data_; }
    size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    bool broken() const noexcept { return broken_; }
    std::string_view view() const noexcept { return {data_, size_}; }
    void truncate(size_t size) noexcept { size_ = size; broken_ = false; }
    void erase(size_t at, size_t size) noexcept;
    void consume(size_t front) noexcept { front < size_ ? erase(0, front) : clear(); } // drops bytes at the front
    void clear() noexcept { truncate(0); }
    void shrink(size_t keep) noexcept; // gives memory back if the capacity is over keep

  private:
    char *data_ = nullptr;
    size_t size_ = 0, capacity_ = 0;
    bool broken_ = false;
};

} // namespace fk
