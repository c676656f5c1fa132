// SPDX-License-Identifier: MIT
#include "buffer.h"

#include <cstdint>
#include <cstdlib>

namespace fk {

Buffer::~Buffer() { std::free(data_); }

char *Buffer::grow(size_t more) noexcept {
    size_t capacity = capacity_ ? capacity_ * 2 : 4096;
    if (more > SIZE_MAX / 2 - size_) return broken_ = true, nullptr;
    if (capacity < size_ + more) capacity = size_ + more;
    auto *data = static_cast<char *>(std::realloc(data_, capacity));
    if (!data) return broken_ = true, nullptr;
    data_ = data;
    capacity_ = capacity;
    return data_ + size_;
}

void Buffer::erase(size_t at, size_t size) noexcept {
    const size_t behind = size_ - at - size;
    if (behind) std::memmove(data_ + at, data_ + at + size, behind);
    size_ -= size;
}

void Buffer::shrink(size_t keep) noexcept {
    if (capacity_ <= keep || size_ > keep) return;
    auto *data = static_cast<char *>(std::realloc(data_, keep));
    if (!data) return;
    data_ = data;
    capacity_ = keep;
}

} // namespace fk
