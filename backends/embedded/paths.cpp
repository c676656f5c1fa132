// SPDX-License-Identifier: MIT
#include "paths.h"

#include "base/fd.h"
#include "runtime.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

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

std::string parent_of(const std::string &path) {
    return path.substr(0, std::max<size_t>(path.rfind('/'), 1));
}

// The nearest thing above path that is there, without links; "": a link that leads nowhere.
std::string what_is_there(std::string path) {
    for (;;) {
        std::string real = real_path(path);
        struct stat link;
        if (!real.empty() || ::lstat(path.c_str(), &link) == 0) return real;
        path = parent_of(path);
    }
}

bool is_of_kernel(int file) noexcept {
#ifdef __linux__
    constexpr long proc = 0x9fa0, sysfs = 0x62656572;
    struct statfs system;
    return ::fstatfs(file, &system) != 0 || system.f_type == proc || system.f_type == sysfs;
#else
    return false;
#endif
}

std::FILE *refuse(Place *place, int error, const char *note) noexcept {
    place->error = error;
    place->note = note;
    return nullptr;
}

bool is_regular(const struct stat &status) noexcept { return S_ISREG(status.st_mode); }

std::FILE *refuse_kind(Place *place, const struct stat &status) noexcept {
    return S_ISDIR(status.st_mode) ? refuse(place, EISDIR, "") : refuse(place, EACCES, no_file);
}

// Looked at before, for an open can do harm to a device; and after, for what is there may have
// changed.
std::FILE *open_regular(Place *place) noexcept {
    struct stat status;
    if (::stat(place->path.c_str(), &status) != 0) return refuse(place, errno, "");
    if (!is_regular(status)) return refuse_kind(place, status);
    const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
    Fd file(::open(place->path.c_str(), flags));
    if (file.get() < 0 && errno == EACCES) return refuse(place, EACCES, by_system);
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return refuse(place, errno, "");
    if (!is_regular(status)) return refuse_kind(place, status);
    if (is_of_kernel(file.get())) return refuse(place, EACCES, of_kernel);
    std::FILE *const stream = ::fdopen(file.get(), "r");
    if (!stream) return refuse(place, errno, "");
    file.release();
    return stream;
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
    const std::filesystem::path directory(Runtime::of(L).directory());
    return (directory / path).lexically_normal().string();
}

Place locate(lua_State *L, const char *path, bool listed) {
    Runtime &runtime = Runtime::of(L);
    Place place{absolute(L, path)};
    if (LoadedFiles *files = runtime.loaded_files()) files->saw(place.path, listed);
    if (!runtime.restricted()) return place;
    std::string real = real_path(place.path);
    if (real.empty()) place.error = errno;
    if (!runtime.reach().holds(place.error ? what_is_there(place.path) : real))
        refuse(&place, EACCES, why_outside(runtime, place.path));
    place.path = std::move(real);
    return place;
}

std::FILE *open_to_read(lua_State *L, Place *place) noexcept {
    if (place->error) return nullptr;
    if (Runtime::of(L).restricted()) return open_regular(place);
    std::FILE *const file = std::fopen(place->path.c_str(), "re");
    return file ? file : refuse(place, errno, "");
}

} // namespace fkvm
