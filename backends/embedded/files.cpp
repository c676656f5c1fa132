// SPDX-License-Identifier: MIT
// Files as the VM sees them: what scripts ask about paths, and the loading of chunks.
#include "base/files.h"
#include "base/folder.h"
#include "base/paths.h"
#include "library.h"
#include "paths.h"
#include "runtime.h"
#include "streams.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace fkvm {
namespace {

void push_text(lua_State *L) {
    const std::string &text = Runtime::of(L).text();
    lua_pushlstring(L, text.data(), text.size());
}

int resolve(lua_State *L) {
    const char *path = path_argument(L, 1);
    without_throwing(L, [&] { Runtime::of(L).text() = absolute(L, path); });
    push_text(L);
    return 1;
}

int pwd(lua_State *L) {
    lua_pushstring(L, Runtime::of(L).directory().c_str());
    return 1;
}

bool is_folder(const Place &place) {
    FileStatus status;
    return !place.error && file_status(place.path.c_str(), &status) &&
           status.kind == FileKind::Folder;
}

// Returns true, or nil and a message.
int cd(lua_State *L) {
    const char *path = path_argument(L, 1);
    bool good = false;
    without_throwing(L, [&] {
        auto target =
            absolute(L, path); // by the name that was asked for: ".." leads out of a link again
        if (target.back() == '/' && folder_of(target) != target) target.pop_back();
        good = is_folder(locate(L, path));
        if (good) Runtime::of(L).directory() = target;
    });
    if (!good)
        return lua_pushnil(L), lua_pushfstring(L, "cannot change to the directory '%s'", path), 2;
    return lua_pushboolean(L, 1), 1;
}

int exists(lua_State *L) {
    const char *path = path_argument(L, 1);
    bool is_there = false;
    without_throwing(L, [&] {
        FileStatus status;
        const Place place = locate(L, path);
        is_there = !place.error && file_status(place.path.c_str(), &status);
    });
    return lua_pushboolean(L, is_there), 1;
}

int is_dir(lua_State *L) {
    const char *path = path_argument(L, 1);
    bool is_it = false;
    without_throwing(L, [&] { is_it = is_folder(locate(L, path)); });
    return lua_pushboolean(L, is_it), 1;
}

struct Opened {
    std::FILE *file = nullptr;
    int error = 0;
    const char *note = "";
};

Opened open_file(lua_State *L, const char *path) {
    Opened opened;
    without_throwing(L, [&] {
        Place place = locate(L, path);
        opened.file = open_to_read(L, &place, "rb");
        opened.error = place.error;
        opened.note = place.note;
    });
    return opened;
}

// Returns true, or false and why: nothing to add where no file is.
int readable(lua_State *L) {
    const Opened opened = open_file(L, path_argument(L, 1));
    if (opened.file) return std::fclose(opened.file), lua_pushboolean(L, 1), 1;
    lua_pushboolean(L, 0);
    const bool is_missing = opened.error == ENOENT || opened.error == ENOTDIR;
    if (is_missing && !*opened.note) return 1;
    return lua_pushfstring(L, ": %s%s", std::strerror(opened.error), opened.note), 2;
}

// Sorted names; an error if the directory cannot be read.
int ls(lua_State *L) {
    const char *path = lua_isnoneornil(L, 1) ? "." : path_argument(L, 1);
    int error = 0;
    without_throwing(L, [&] {
        std::string &text = Runtime::of(L).text();
        text.clear();
        const Place place = locate(L, path, true);
        error = place.error;
        if (error) return;
        for (const std::string &name : names_in(place.path, &error))
            text.append(name.c_str(), name.size() + 1);
    });
    if (error) return luaL_error(L, "cannot list the directory '%s'", path);
    push_text(L); // stays on the stack: a finalizer may list another
    size_t size;
    const char *next = lua_tolstring(L, -1, &size);
    const char *const end = next + size;
    lua_newtable(L);
    for (lua_Integer i = 1; next != end; i++) {
        lua_pushstring(L, next);
        next += std::strlen(next) + 1;
        lua_rawseti(L, -2, i);
    }
    return 1;
}

// A shebang line is skipped as lua does; the newline stays, for the line numbers.
const char *skip_shebang(const char *text, size_t *size) {
    if (*size >= 3 && std::memcmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3, *size -= 3;
    if (!*size || *text != '#') return text;
    const void *end = std::memchr(text, '\n', *size);
    const size_t skipped = end ? static_cast<size_t>(static_cast<const char *>(end) - text) : *size;
    *size -= skipped;
    return text + skipped;
}

const char *refused(lua_State *L, const char *path, const Opened &opened) {
    lua_pushfstring(L, "cannot open %s: %s%s", path, std::strerror(opened.error), opened.note);
    return nullptr;
}

// The file's text as a Lua userdata on the stack, so that an error frees it; nullptr: a message
// instead. No file is open while Lua allocates: an error there would leave it so.
const char *push_contents(lua_State *L, const char *path, size_t *size) {
    const Opened measured = open_file(L, path);
    if (!measured.file) return refused(L, path, measured);
    std::fseek(measured.file, 0, SEEK_END);
    const long length = std::ftell(measured.file);
    std::fclose(measured.file);
    if (length < 0) return lua_pushfstring(L, "cannot read %s: not a file", path), nullptr;
    auto *text = static_cast<char *>(lua_newuserdatauv(L, static_cast<size_t>(length) + 1, 0));
    const Opened read = open_file(L, path);
    if (!read.file) return refused(L, path, read);
    *size = std::fread(text, 1, static_cast<size_t>(length), read.file);
    const bool failed = std::ferror(read.file);
    std::fclose(read.file);
    if (failed) return lua_pushfstring(L, "cannot read %s: %s", path, std::strerror(EIO)), nullptr;
    return text;
}

int remove_path(lua_State *L) {
    const char *path = path_argument(L, 1);
    int error = 0;
    without_throwing(L, [&] { error = remove_file(absolute(L, path).c_str()); });
    errno = error;
    return luaL_fileresult(L, error == 0, path);
}

int rename_path(lua_State *L) {
    const char *from = path_argument(L, 1), *to = path_argument(L, 2);
    int error = 0;
    without_throwing(L, [&] {
        const std::string before = absolute(L, from), after = absolute(L, to);
        error = rename_file(before.c_str(), after.c_str());
    });
    errno = error;
    return luaL_fileresult(L, error == 0, nullptr);
}

// load_file(path [, env]): the chunk, or nil and a message.
int load_file_function(lua_State *L) {
    const char *path = path_argument(L, 1);
    const bool has_env = lua_gettop(L) >= 2;
    if (!load_file(L, path)) return lua_pushnil(L), lua_insert(L, -2), 2;
    if (has_env) {
        lua_pushvalue(L, 2);
        if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
    }
    return 1;
}

} // namespace

bool load_file(lua_State *L, const char *path) {
    const int top = lua_gettop(L);
    size_t size = 0;
    const char *text = push_contents(L, path, &size);
    bool good = false;
    if (text) {
        text = skip_shebang(text, &size);
        lua_pushfstring(L, "@%s", path);
        const bool restricted = Runtime::of(L).restricted();
        if (restricted && size && *text == LUA_SIGNATURE[0])
            lua_pushfstring(L, "%s holds bytecode, which is not allowed in this sandbox", path);
        else
            good = luaL_loadbufferx(L, text, size, lua_tostring(L, -1), restricted ? "t" : "bt") ==
                   LUA_OK;
    }
    lua_copy(L, -1, top + 1);
    lua_settop(L, top + 1);
    return good;
}

void add_files(lua_State *L) {
    const luaL_Reg functions[] = {{"cd", cd},
                                  {"ls", ls},
                                  {"pwd", pwd},
                                  {"exists", exists},
                                  {"is_dir", is_dir},
                                  {"resolve", resolve},
                                  {"readable", readable},
                                  {"load_file", load_file_function},
                                  {"open_file", open_stream},
                                  {"remove", remove_path},
                                  {"rename", rename_path},
                                  {nullptr, nullptr}};
    luaL_setfuncs(L, functions, 0);
}

} // namespace fkvm
