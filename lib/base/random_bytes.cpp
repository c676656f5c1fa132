// SPDX-License-Identifier: MIT
#include "random_bytes.h"

#if defined(_WIN32)
#include "win32.h"

#include <ntsecapi.h>
#else
#include <unistd.h>
#if __has_include(<sys/random.h>)
#include <sys/random.h> // macOS declares it there
#endif
#if defined(__ANDROID__)
#include <cstdlib> // getentropy came late
#endif
#endif

namespace fkvm {

bool random_bytes(void *to, size_t size) noexcept {
#if defined(_WIN32)
    return ::RtlGenRandom(to, static_cast<ULONG>(size));
#elif defined(__ANDROID__)
    return ::arc4random_buf(to, size), true;
#else
    return ::getentropy(to, size) == 0;
#endif
}

} // namespace fkvm
