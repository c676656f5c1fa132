// SPDX-License-Identifier: MIT
#include "paths.h"

#include "runtime.h"

#include <cstring>
#include <filesystem>

namespace fkvm {

const char *path_argument(lua_State *L, int index) {
    size_t size;
    const char *path = luaL_checklstring(L, index, &size);
    luaL_argcheck(L, std::strlen(path) == size, index, "a path cannot hold a NUL");
    return path;
}

std::string absolute(lua_State *L, const char *path, bool listed) {
    Runtime &runtime = Runtime::of(L);
    std::filesystem::path whole(runtime.directory());
    std::string result = (whole / path).lexically_normal().string();
    if (LoadedFiles *files = runtime.loaded_files()) files->saw(result, listed);
    return result;
}

} // namespace fkvm
