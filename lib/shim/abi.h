// SPDX-License-Identifier: MIT
// Structs that begin with their size: one way in, one way out. They grow at their end only, so a
// smaller one comes from an older header and a larger one from a newer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

namespace fkvm {

// first_size is the struct's size in the first release.
template <class T>
bool check_size(const T *from, size_t first_size, const char *name, std::string *problem) {
    constexpr size_t cap = 1 << 16;
    const size_t size = from->size;
    if (size >= first_size && size <= cap) return true;
    *problem = std::string(name) + ".size is " + std::to_string(size) + ": set it to sizeof(" +
               name + "), which is " + std::to_string(sizeof(T)) + " here";
    return false;
}

// Copies a caller's struct into *to, whose new fields stay zero. False: *problem says which size
// was wrong, or that it asks for what we lack.
template <class T>
bool adopt(const T *from, size_t first_size, const char *name, T *to, std::string *problem) {
    if (!check_size(from, first_size, name, problem)) return false;
    const size_t size = from->size;
    const auto *bytes = reinterpret_cast<const unsigned char *>(from);
    for (size_t i = sizeof(T); i < size; i++) {
        if (bytes[i] == 0) continue;
        *problem = std::string(name) + " sets a field that this library is too old to know (byte " +
                   std::to_string(i) + "): update libfkvm";
        return false;
    }
    *to = T{};
    std::memcpy(static_cast<void *>(to), from, std::min(size, sizeof(T)));
    to->size = sizeof(T);
    return true;
}

// Gives a struct back, never past the caller's size.
template <class T>
void give_back(const T &from, T *to) {
    const size_t size = to->size;
    std::memcpy(static_cast<void *>(to), &from, std::min(size, sizeof(T)));
    to->size = size;
}

} // namespace fkvm
