// SPDX-License-Identifier: MIT
#include "paths.h"

#include "base/files.h"
#include "base/paths.h"
#include "runtime.h"

#include <cerrno>
#include <cstring>

namespace fkvm {
namespace {

constexpr const char outside[] = " (outside of the folders that this VM may read)";
constexpr const char by_link[] =
    " (a link leads out of the VM's folders, which takes FK_OPEN_FOLLOW_LINKS)";
constexpr const char by_late_link[] =
    " (a link leads out of the VM's folders; FK_OPEN_FOLLOW_LINKS takes those that were there when "
    "the VM, or the template it is a copy of, opened)";
constexpr const char by_system[] = " (the system refuses it: the file's rights, or a folder that "
                                   "was replaced after the VM opened)";
constexpr const char no_file[] = " (not a regular file)";
constexpr const char of_kernel[] = " (a file of /proc or /sys)";

// The nearest thing above path that is there, without links; "": a link that leads nowhere.
std::string what_is_there(std::string path) {
    for (;;) {
        std::string real = real_path(path);
        if (!real.empty() || is_named(path.c_str())) return real;
        const std::string above = folder_of(path);
        if (above == path) return {};
        path = above;
    }
}

std::FILE *refuse(FilePlace *place, int error, const char *note) noexcept {
    place->error = error;
    place->note = note;
    return nullptr;
}

std::FILE *open_confined(FilePlace *place, const char *mode) noexcept {
    Refusal why = Refusal::None;
    if (std::FILE *const file = open_regular(place->path.c_str(), mode, &why)) return file;
    switch (why) {
    case Refusal::Folder:
        return refuse(place, EISDIR, "");
    case Refusal::NotRegular:
        return refuse(place, EACCES, no_file);
    case Refusal::OfKernel:
        return refuse(place, EACCES, of_kernel);
    case Refusal::Rights:
        return refuse(place, EACCES, by_system);
    default:
        return refuse(place, errno, "");
    }
}

const char *why_outside(const Runtime &runtime, const std::string &path) noexcept {
    if (!runtime.reach().holds(path)) return outside;
    return runtime.options().flags & FK_OPEN_FOLLOW_LINKS ? by_late_link : by_link;
}

} // namespace

const char *path_argument(lua_State *L, int index) {
    size_t size;
    const char *path = luaL_checklstring(L, index, &size);
    luaL_argcheck(L, std::strlen(path) == size, index, "a path cannot hold a NUL");
    return path;
}

std::string absolute(lua_State *L, const char *path) {
    return absolute_path(Runtime::of(L).directory(), path);
}

FilePlace locate(lua_State *L, const char *path, bool listed) {
    Runtime &runtime = Runtime::of(L);
    FilePlace place{absolute(L, path)};
    if (LoadedFiles *files = runtime.loaded_files()) files->saw(place.path, listed);
    if (!runtime.restricted()) return place;
    if (const char *why = special_meaning(path)) return refuse(&place, EACCES, why), place;
    std::string real = real_path(place.path);
    if (real.empty()) place.error = errno;
    if (!runtime.reach().holds(place.error ? what_is_there(place.path) : real))
        refuse(&place, EACCES, why_outside(runtime, place.path));
    place.path = std::move(real);
    return place;
}

std::FILE *open_to_read(lua_State *L, FilePlace *place, const char *mode) noexcept {
    if (place->error) return nullptr;
    if (Runtime::of(L).restricted()) return open_confined(place, mode);
    std::FILE *const file = open_file(place->path.c_str(), mode);
    return file ? file : refuse(place, errno, "");
}

} // namespace fkvm
