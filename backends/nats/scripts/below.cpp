// SPDX-License-Identifier: MIT
#include "below.h"

#include "base/random_bytes.h"
#include "base/system.h"
#include "scripts_error.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <new>
#include <sys/stat.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr int max_depth = 256; // of what a script may have made of a set
constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct CloseFolder {
    void operator()(DIR *folder) const noexcept { ::closedir(folder); }
};

bool is_self(const char *name) noexcept {
    return std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0;
}

bool empty_tree(int folder, int depth);

bool remove_entry(int folder, const char *name, int depth) {
    if (::unlinkat(folder, name, 0) == 0 || errno == ENOENT) return true;
    if (depth >= max_depth) return false;
    const Fd inner = open_folder_at(folder, name);
    return inner && empty_tree(inner.get(), depth + 1) &&
           (::unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT);
}

bool empty_tree(int folder, int depth) {
    ::fchmod(folder, 0700);
    std::vector<std::string> names;
    bool gone = names_at(folder, &names) == 0;
    for (const std::string &name : names) gone &= remove_entry(folder, name.c_str(), depth);
    return gone;
}

} // namespace

Fd open_folder_at(int folder, const char *name) noexcept {
    return Fd(::openat(folder, name, folder_flags)).above_standard();
}

Fd open_parent_below(int folder, std::string_view path) {
    Fd at = open_folder_at(folder, ".");
    for (size_t end; at && (end = path.find('/')) != path.npos; path.remove_prefix(end + 1))
        at = open_folder_at(at.get(), std::string(path.substr(0, end)).c_str());
    return at;
}

Fd open_file_below(int folder, std::string_view path) {
    const Fd parent = open_parent_below(folder, path);
    if (!parent) return Fd();
    constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    return Fd(::openat(parent.get(), last_part(path).c_str(), flags)).above_standard();
}

std::string last_part(std::string_view path) {
    return std::string(path.substr(path.rfind('/') + 1));
}

int names_at(int folder, std::vector<std::string> *names, Hidden hidden, size_t limit) {
    Fd own = open_folder_at(folder, "."); // its place in the list is its own
    const std::unique_ptr<DIR, CloseFolder> list(own ? ::fdopendir(own.get()) : nullptr);
    if (!list) return errno;
    own.release();
    errno = 0;
    while (names->size() <= limit) {
        const dirent *const entry = ::readdir(list.get());
        if (!entry) break;
        const bool is_left = hidden == Hidden::Leave && *entry->d_name == '.';
        if (!is_left && !is_self(entry->d_name)) names->emplace_back(entry->d_name);
        errno = 0;
    }
    const int error = errno;
    std::sort(names->begin(), names->end());
    return error;
}

std::string new_name(const char *kind) {
    uint64_t number;
    if (!random_bytes(&number, sizeof number))
        throw ScriptsError("the system gives no random bytes for the name of a new file");
    return std::string(kind) + "-" + std::to_string(process_id()) + "-" + std::to_string(number);
}

bool remove_tree(int folder, const char *name) noexcept {
    try {
        return remove_entry(folder, name, 0);
    } catch (const std::bad_alloc &) {
        return false;
    }
}

} // namespace fkvm
