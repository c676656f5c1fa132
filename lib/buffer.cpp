// SPDX-License-Identifier: MIT
#include "buffer.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace fk {

Buffer::~Buffer() { std::free(data_); }

char *Buffer::reserve(size_t more) noexcept {
    if (more <= capacity_ - size_) return data_ + size_;
    size_t capacity = capacity_ ? capacity_ * 2 : 4096;
    if (more > SIZE_MAX / 2 - size_) return broken_ = true, nullptr;
    if (capacity < size_ + more) capacity = size_ + more;
    auto *data = static_cast<char *>(std::realloc(data_, capacity));
    if (!data) return broken_ = true, nullptr;
    data_ = data;
    capacity_ = capacity;
    return data_ + size_;
}

bool Buffer::append(std::string_view bytes) noexcept {
    char *end = reserve(bytes.size());
    if (!end) return bytes.empty() && !broken_;
    if (!bytes.empty()) std::memcpy(end, bytes.data(), bytes.size());
    size_ += bytes.size();
    return true;
}

bool Buffer::append(char c) noexcept { return append(std::string_view(&c, 1)); }

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
