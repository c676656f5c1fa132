// SPDX-License-Identifier: MIT
// What every fuzz target uses: a check that stays in release builds, and input that ends where it
// ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#define require(condition) require_at((condition), #condition, __FILE__, __LINE__)

inline void require_at(bool condition, const char *text, const char *file, int line) {
    if (condition) return;
    std::fprintf(stderr, "%s:%d: not true: %s\n", file, line, text);
    std::abort();
}

// The input in a block of just its size, so that a sanitizer sees one byte read too far.
class ExactCopy {
  public:
    ExactCopy(const uint8_t *data, size_t size)
        : bytes_(static_cast<char *>(std::malloc(size ? size : 1))), size_(size) {
        if (size) std::memcpy(bytes_, data, size);
    }
    ~ExactCopy() { std::free(bytes_); }
    ExactCopy(const ExactCopy &) = delete;
    ExactCopy &operator=(const ExactCopy &) = delete;
    std::string_view text() const { return {bytes_, size_}; }

  private:
    char *bytes_;
    size_t size_;
};

// Takes decisions from the input, front to back; zeros when it is used up.
class Choices {
  public:
    Choices(const uint8_t *data, size_t size) : p_(data), end_(data + size) {}
    bool more() const { return p_ != end_; }
    uint8_t byte() { return more() ? *p_++ : 0; }
    template <class T>
    T number() {
        T value{};
        const size_t n = left() < sizeof(T) ? left() : sizeof(T);
        if (n) std::memcpy(&value, p_, n);
        p_ += n;
        return value;
    }
    std::string_view text(size_t size) {
        if (size > left()) size = left();
        const char *start = reinterpret_cast<const char *>(p_);
        p_ += size;
        return {start, size};
    }

  private:
    size_t left() const { return static_cast<size_t>(end_ - p_); }
    const uint8_t *p_, *end_;
};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
