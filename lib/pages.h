// SPDX-License-Identifier: MIT
// Pages from the system and back to it; where there is no mmap, malloc's.
#pragma once

#include <cstddef>
#include <cstdlib>

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace fk {

#if defined(__linux__)

inline void *allocate_pages(size_t size) noexcept {
    void *pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? nullptr : pages;
}
inline void free_pages(void *pages, size_t size) noexcept { ::munmap(pages, size); }
inline size_t page_size() noexcept { return static_cast<size_t>(::sysconf(_SC_PAGESIZE)); }
// They stay allocated, and are zero when they are used again.
inline void discard_pages(void *pages, size_t size) noexcept { ::madvise(pages, size, MADV_DONTNEED); }
// One page is touched at a time, however large the machine likes its pages.
inline void keep_pages_small(void *pages, size_t size) noexcept { ::madvise(pages, size, MADV_NOHUGEPAGE); }
inline void *resize_pages(void *pages, size_t old_size, size_t size) noexcept {
    void *moved = ::mremap(pages, old_size, size, MREMAP_MAYMOVE);
    return moved == MAP_FAILED ? (size < old_size ? pages : nullptr) : moved;
}

#else

inline void *allocate_pages(size_t size) noexcept { return std::malloc(size); }
inline void free_pages(void *pages, size_t) noexcept { std::free(pages); }
inline size_t page_size() noexcept { return 4096; }
inline void discard_pages(void *, size_t) noexcept {}
inline void keep_pages_small(void *, size_t) noexcept {}
inline void *resize_pages(void *pages, size_t, size_t size) noexcept { return std::realloc(pages, size); }

#endif

} // namespace fk
