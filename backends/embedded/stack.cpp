// SPDX-License-Identifier: MIT
#include "stack.h"

#include <cstdint>
#include <pthread.h>

namespace fk {
namespace {

size_t ask() noexcept {
#ifdef __linux__
    pthread_attr_t attributes;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return SIZE_MAX;
    if (pthread_attr_getstacksize(&attributes, &size) != 0) size = SIZE_MAX;
    pthread_attr_destroy(&attributes);
    return size;
#else
    return SIZE_MAX;
#endif
}

} // namespace

size_t stack_size() noexcept {
    static thread_local size_t size = 0;
    if (!size) size = ask();
    return size;
}

} // namespace fk
