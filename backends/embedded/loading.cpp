// SPDX-License-Identifier: MIT
// Chunks of Lua in files: loadfile, dofile, and what else loads one.
#include "library.h"
#include "paths.h"
#include "runtime.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace fkvm {
namespace {

struct Text {
    const char *start;
    size_t size;

    void skip(size_t count) noexcept { start += count, size -= count; }
    bool is_bytecode() const noexcept { return size && *start == LUA_SIGNATURE[0]; }
};

// As lua does: a byte order mark, and a first line that begins with '#'. The newline stays, for the
// line numbers, unless bytecode follows.
Text skip_comment(Text text) noexcept {
    if (text.size >= 3 && std::memcmp(text.start, "\xEF\xBB\xBF", 3) == 0) text.skip(3);
    if (!text.size || *text.start != '#') return text;
    const void *end = std::memchr(text.start, '\n', text.size);
    text.skip(end ? static_cast<size_t>(static_cast<const char *>(end) - text.start) : text.size);
    Text after = text;
    if (after.size) after.skip(1);
    return after.is_bytecode() ? after : text;
}

struct Opened {
    std::FILE *file = nullptr;
    int error = ENOENT;
    const char *note = "";
};

Opened open_text_file(lua_State *L, const char *path) {
    Opened opened;
    if (!*path) return opened;
    without_throwing(L, [&] {
        FilePlace place = locate(L, path);
        opened.file = open_to_read(L, &place, "rb");
        opened.error = place.error;
        opened.note = place.note;
    });
    return opened;
}

const char *refused(lua_State *L, const char *path, const Opened &opened) {
    lua_pushfstring(L, "cannot open %s: %s%s", path, std::strerror(opened.error), opened.note);
    return nullptr;
}

// The file's text as a Lua userdata on the stack, so that an error frees it; nullptr: a message
// instead. No file is open while Lua allocates: an error there would leave it so.
const char *push_contents(lua_State *L, const char *path, size_t *size) {
    const Opened measured = open_text_file(L, path);
    if (!measured.file) return refused(L, path, measured);
    std::fseek(measured.file, 0, SEEK_END);
    const long length = std::ftell(measured.file);
    std::fclose(measured.file);
    if (length < 0) return lua_pushfstring(L, "cannot read %s: not a file", path), nullptr;
    auto *text = static_cast<char *>(lua_newuserdatauv(L, static_cast<size_t>(length) + 1, 0));
    const Opened read = open_text_file(L, path);
    if (!read.file) return refused(L, path, read);
    *size = std::fread(text, 1, static_cast<size_t>(length), read.file);
    const bool failed = std::ferror(read.file);
    std::fclose(read.file);
    if (failed) return lua_pushfstring(L, "cannot read %s: %s", path, std::strerror(EIO)), nullptr;
    return text;
}

// Pushes the chunk and returns true, or pushes a message. The mode is load's; nullptr: any that the
// sandbox allows.
bool load_text(lua_State *L, Text text, const char *path, const char *mode) {
    const char *const chunk = lua_pushfstring(L, "@%s", path);
    const bool restricted = Runtime::of(L).restricted();
    if (restricted && text.is_bytecode())
        lua_pushfstring(L, "%s holds bytecode, which is not allowed in this sandbox", path);
    else if (restricted && mode && !std::strchr(mode, 't'))
        lua_pushfstring(L, "%s: attempt to load a text chunk (mode is '%s')", path, mode);
    else
        return luaL_loadbufferx(L, text.start, text.size, chunk, restricted ? "t" : mode) == LUA_OK;
    return false;
}

bool load_by_mode(lua_State *L, const char *path, const char *mode) {
    const int top = lua_gettop(L);
    Text text{};
    text.start = push_contents(L, path, &text.size);
    const bool good = text.start && load_text(L, skip_comment(text), path, mode);
    lua_copy(L, -1, top + 1);
    lua_settop(L, top + 1);
    return good;
}

constexpr const char no_input[] = "%s: a path is needed: there is no standard input here";

// loadfile([path [, mode [, env]]])
int load_file_function(lua_State *L) {
    const char *mode = luaL_optstring(L, 2, nullptr);
    const bool has_env = !lua_isnone(L, 3);
    bool good = false;
    if (lua_isnoneornil(L, 1))
        lua_pushfstring(L, no_input, "loadfile");
    else
        good = load_by_mode(L, path_argument(L, 1), mode);
    if (!good) return lua_pushnil(L), lua_insert(L, -2), 2;
    if (has_env) {
        lua_pushvalue(L, 3);
        if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
    }
    return 1;
}

int done_file(lua_State *L, int, lua_KContext) { return lua_gettop(L) - 1; }

int do_file(lua_State *L) {
    if (lua_isnoneornil(L, 1)) return luaL_error(L, no_input, "dofile");
    const char *path = path_argument(L, 1);
    lua_settop(L, 1);
    if (!load_file(L, path)) return lua_error(L);
    lua_callk(L, 0, LUA_MULTRET, 0, done_file); // may yield
    return done_file(L, LUA_OK, 0);
}

} // namespace

bool load_file(lua_State *L, const char *path) { return load_by_mode(L, path, nullptr); }

bool is_readable(lua_State *L, const char *path) {
    const Opened opened = open_text_file(L, path);
    if (opened.file) return std::fclose(opened.file), true;
    const bool is_missing = opened.error == ENOENT || opened.error == ENOTDIR;
    if (is_missing && !*opened.note)
        lua_pushliteral(L, "");
    else
        lua_pushfstring(L, ": %s%s", std::strerror(opened.error), opened.note);
    return false;
}

void add_loading(lua_State *L) {
    lua_pushcfunction(L, load_file_function);
    lua_setglobal(L, "loadfile");
    lua_pushcfunction(L, do_file);
    lua_setglobal(L, "dofile");
}

} // namespace fkvm
