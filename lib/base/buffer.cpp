// SPDX-License-Identifier: MIT
#include "buffer.h"

#include "pages.h"

#include <cstdint>
#include <cstdlib>

namespace fkvm {
namespace {

constexpr size_t first_capacity = 256, page = 4096; // from a page on, pages of its own

} // namespace

Buffer::~Buffer() { capacity_ < page ? std::free(data_) : free_apart(data_, capacity_); }

char *Buffer::resize(size_t capacity) noexcept {
    void *data;
    if (capacity < page) {
        data = std::realloc(data_, capacity);
    } else {
        capacity = (capacity + page - 1) & ~(page - 1);
        data =
            capacity_ < page ? allocate_apart(capacity) : resize_apart(data_, capacity_, capacity);
        if (data && data_ && capacity_ < page) {
            std::memcpy(data, data_, size_);
            std::free(data_);
        }
    }
    if (!data) return nullptr;
    capacity_ = capacity;
    return data_ = static_cast<char *>(data);
}

char *Buffer::grow(size_t more) noexcept {
    if (more > SIZE_MAX / 2 - size_) return broken_ = true, nullptr;
    size_t capacity = capacity_ ? capacity_ * 2 : first_capacity;
    if (capacity < size_ + more) capacity = size_ + more;
    if (!resize(capacity)) return broken_ = true, nullptr;
    return data_ + size_;
}

void Buffer::erase(size_t at, size_t size) noexcept {
    const size_t behind = size_ - at - size;
    if (behind) std::memmove(data_ + at, data_ + at + size, behind);
    size_ -= size;
}

void Buffer::shrink(size_t keep) noexcept {
    if (capacity_ > keep && capacity_ > page && size_ <= keep) resize(keep < page ? page : keep);
}

} // namespace fkvm
