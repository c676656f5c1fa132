// SPDX-License-Identifier: MIT
#include "standard_streams.h"

#include "runtime.h"

namespace fkvm {

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

bool StandardStreams::takes(const std::FILE *file) const noexcept {
    return holds(file) && file != streams_.front().file;
}

void StandardStreams::take(const std::FILE *file, const char *text, size_t size) noexcept {
    for (Stream &stream : streams_)
        if (stream.file == file && size) write(&stream, text, size);
}

long StandardStreams::write(void *stream, const char *text, size_t size) noexcept {
    const auto &to = *static_cast<const Stream *>(stream);
    to.runtime->host().output(to.runtime->vm(), to.level, text, size);
    return static_cast<long>(size);
}

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
    replace_methods(L);
    lua_pop(L, 1);
}

} // namespace fkvm
