// SPDX-License-Identifier: MIT
#include "script_store.h"

#include "base/files.h"
#include "base/utf8.h"
#include "below.h"
#include "incoming_set.h"
#include "scripts_error.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fkvm {
namespace {

ScriptSet checked_set(const Digest &id, std::string_view manifest) {
    try {
        return read_script_set(manifest);
    } catch (const ScriptsError &error) {
        throw ScriptsError("the scripts " + id.hex() + " are refused: " + error.what());
    }
}

Fd made_folder(const std::string &path, int mode) {
    if (::mkdir(path.c_str(), static_cast<mode_t>(mode)) != 0 && errno != EEXIST)
        fail_by_system("no folder for scripts can be made at " + plain_text(path), errno);
    Fd folder = Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)).above_standard();
    if (!folder) fail_by_system("no scripts can be kept in " + plain_text(path), errno);
    return folder;
}

} // namespace

ScriptStore::ScriptStore(const std::string &folder) {
    made_folder(folder, 0700);
    folder_ = real_path(folder);
    if (folder_.empty()) fail_by_system("no scripts can be kept in " + plain_text(folder), errno);
    files_ = made_folder(folder_ + "/files", 0755);
    sets_ = made_folder(folder_ + "/sets", 0755);
}

bool ScriptStore::has(const Digest &id) const {
    struct stat status;
    return ::fstatat(sets_.get(), id.hex().c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(status.st_mode);
}

// A lock, since a sweep may be about to remove it: either that sees the use, or this that it went.
std::string ScriptStore::path(const Digest &id) const {
    const std::string name = id.hex();
    const Fd set = open_folder_at(sets_.get(), name.c_str());
    if (!set) return "";
    while (::flock(set.get(), LOCK_SH) != 0 && errno == EINTR) {
    }
    ::futimens(set.get(), nullptr);
    struct stat opened, named;
    const bool is_there = ::fstat(set.get(), &opened) == 0 &&
                          ::fstatat(sets_.get(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
                          opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
    return is_there ? folder_ + "/sets/" + name : "";
}

std::unique_ptr<IncomingSet> ScriptStore::begin(const Digest &id, std::string_view manifest) const {
    if (manifest.size() > ScriptBounds::manifest || digest_of(manifest) != id)
        throw ScriptsError("the list of the scripts is not the one that was asked for: " +
                           std::to_string(manifest.size()) + " bytes came for " + id.hex());
    return std::unique_ptr<IncomingSet>(new IncomingSet(*this, checked_set(id, manifest)));
}

} // namespace fkvm
