// SPDX-License-Identifier: MIT
// For systems whose files may be functions: fopencookie() of glibc and musl, funopen() of macOS,
// Android and the BSDs.
#include "standard_streams.h"

#include <cerrno>
#include <sys/types.h>

namespace fkvm {
namespace {

// As a pipe answers.
int cannot_seek() noexcept {
    errno = ESPIPE;
    return -1;
}

} // namespace

#if defined(FKVM_FOPENCOOKIE)

std::FILE *StandardStreams::open(Stream *stream, const char *mode) noexcept {
    cookie_io_functions_t functions{};
    functions.read = [](void *, char *, size_t) -> ssize_t { return 0; };
    functions.write = [](void *to, const char *text, size_t size) -> ssize_t {
        return write(to, text, size);
    };
    functions.seek = [](void *, auto *, int) { return cannot_seek(); };
    return ::fopencookie(stream, mode, functions);
}

#else

std::FILE *StandardStreams::open(Stream *stream, const char *mode) noexcept {
    const auto read = [](void *, char *, int) { return 0; };
    const auto write_to = [](void *to, const char *text, int size) {
        return static_cast<int>(write(to, text, static_cast<size_t>(size)));
    };
    const auto seek = [](void *, fpos_t, int) -> fpos_t { return cannot_seek(); };
    return *mode == 'r' ? ::funopen(stream, read, nullptr, seek, nullptr)
                        : ::funopen(stream, nullptr, write_to, seek, nullptr);
}

#endif

void StandardStreams::replace_methods(lua_State *) {}

} // namespace fkvm
