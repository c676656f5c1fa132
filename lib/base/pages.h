// SPDX-License-Identifier: MIT
// Pages from the system and back to it; where there is no mmap, malloc's.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace fkvm {

#if defined(__linux__)

inline void *allocate_pages(size_t size) noexcept {
    void *pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? nullptr : pages;
}
inline void free_pages(void *pages, size_t size) noexcept { ::munmap(pages, size); }
inline size_t page_size() noexcept { return static_cast<size_t>(::sysconf(_SC_PAGESIZE)); }
// They stay allocated, and are zero when they are used again.
inline void discard_pages(void *pages, size_t size) noexcept {
    ::madvise(pages, size, MADV_DONTNEED);
}
// One page is touched at a time, however large the machine likes its pages.
inline void keep_pages_small(void *pages, size_t size) noexcept {
    ::madvise(pages, size, MADV_NOHUGEPAGE);
}
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
inline void *resize_pages(void *pages, size_t, size_t size) noexcept {
    return std::realloc(pages, size);
}

#endif

// Memory that lives as long as a VM does: pages of its own, so that it leaves with the VM, whatever
// the server has allocated meanwhile; malloc would keep 100 kB for every VM that a thousand others
// outlived. Under ASan and TSan it is malloc's, which they watch.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FK_WATCHED_MEMORY
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FK_WATCHED_MEMORY
#endif
#if defined(FK_WATCHED_MEMORY)
inline void *allocate_apart(size_t size) noexcept { return std::malloc(size); }
inline void *resize_apart(void *memory, size_t, size_t size) noexcept {
    return std::realloc(memory, size);
}
inline void free_apart(void *memory, size_t) noexcept { std::free(memory); }
#else
inline void *allocate_apart(size_t size) noexcept { return allocate_pages(size); }
inline void *resize_apart(void *memory, size_t old_size, size_t size) noexcept {
    return resize_pages(memory, old_size, size);
}
inline void free_apart(void *memory, size_t size) noexcept {
    if (memory) free_pages(memory, size);
}
#endif

// For a class whose objects lie there.
struct Apart {
    static void *operator new(size_t size) {
        if (void *memory = allocate_apart(size)) return memory;
        throw std::bad_alloc();
    }
    static void *operator new(size_t size, const std::nothrow_t &) noexcept {
        return allocate_apart(size);
    }
    static void operator delete(void *memory, size_t size) noexcept { free_apart(memory, size); }
};

} // namespace fkvm
