// SPDX-License-Identifier: MIT
#include "standard_streams.h"

#include "runtime.h"

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

StandardStreams::StandardStreams(const Runtime &runtime) noexcept
    : streams_{{{&runtime, FK_LEVEL_PRINT, nullptr},
                {&runtime, FK_LEVEL_PRINT, nullptr},
                {&runtime, FK_LEVEL_WARNING, nullptr}}} {}

StandardStreams::~StandardStreams() {
    for (const Stream &stream : streams_)
        if (stream.file) std::fclose(stream.file);
}

bool StandardStreams::holds(const std::FILE *file) const noexcept {
    for (const Stream &stream : streams_)
        if (stream.file == file) return true;
    return false;
}

long StandardStreams::write(void *stream, const char *text, size_t size) noexcept {
    const auto &to = *static_cast<const Stream *>(stream);
    to.runtime->host().output(to.runtime->vm(), to.level, text, size);
    return static_cast<long>(size);
}

#if defined(__GLIBC__) || (defined(__linux__) && !defined(__ANDROID__))

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

// Lua's own objects stay: its default files are they, and close() of them does nothing.
void StandardStreams::take_over(lua_State *L) {
    static constexpr const char *names[] = {"stdin", "stdout", "stderr"};
    lua_getglobal(L, LUA_IOLIBNAME);
    for (size_t i = 0; i < streams_.size(); i++) {
        Stream &stream = streams_[i];
        stream.file = open(&stream, i ? "w" : "r");
        if (!stream.file) luaL_error(L, "out of memory for the VM's standard streams");
        std::setvbuf(stream.file, nullptr, _IONBF, 0);
        lua_getfield(L, -1, names[i]);
        static_cast<luaL_Stream *>(luaL_checkudata(L, -1, LUA_FILEHANDLE))->f = stream.file;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

} // namespace fkvm
