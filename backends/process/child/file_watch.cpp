// SPDX-License-Identifier: MIT
#include "file_watch.h"

#include "base/paths.h"

#include <algorithm>
#include <cerrno>
#include <linux/magic.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr uint32_t of_file = IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF;
constexpr uint32_t of_folder = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB |
                               IN_MOVE_SELF | IN_DELETE_SELF | IN_ONLYDIR;
constexpr int longest_pause = 64;

// On which all changes are made by this kernel.
bool is_local(const char *folder) noexcept {
    constexpr uint32_t xfs = 0x58465342;
    struct statfs system;
    if (::statfs(folder, &system) != 0) return false;
    const auto type = static_cast<uint32_t>(system.f_type);
    return type == EXT4_SUPER_MAGIC || type == xfs || type == BTRFS_SUPER_MAGIC ||
           type == TMPFS_MAGIC || type == F2FS_SUPER_MAGIC;
}

} // namespace

bool FileWatch::is_unchanged() {
    if (watches_ && is_quiet()) {
        in_vain_ = 0;
        return true;
    }
    if (watches_) pause_ = in_vain_;
    watches_ = false;
    return files_.is_unchanged();
}

// Where something happens all the time, watching costs more than it saves.
void FileWatch::renew() {
    if (watches_ || pause_-- > 0) return;
    in_vain_ = std::min(in_vain_ * 2 + 1, longest_pause);
    pause_ = longest_pause; // if it cannot be done
    if (inotify_ < 0) inotify_ = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (inotify_ < 0) return;
    has_told();
    if (watch_all()) {
        watches_ = files_.is_unchanged(); // what happens from here on is told
    } else {
        leave(); // there are not so many watches that some should be kept for nothing
        inotify_ = -1;
    }
}

void FileWatch::leave() const noexcept {
    if (inotify_ >= 0) ::close(inotify_);
}

// Folders first: a file that is replaced while it is looked for is then told by its folder.
bool FileWatch::watch_all() {
    folders_.clear();
    const auto &files = files_.files();
    return std::all_of(files.begin(), files.end(),
                       [this](const auto &file) {
                           return watch_folder(S_ISDIR(file.mark.mode) ? file.path
                                                                       : folder_of(file.path));
                       }) &&
           watch_gaps() && std::all_of(files.begin(), files.end(), [this](const auto &file) {
               return watch_file(file);
           });
}

// A folder that came between before the watch was set would be one that nobody watches.
bool FileWatch::watch_gaps() {
    std::string entry;
    for (const char *gap : files_.gaps()) {
        if (is_within(gap, entry)) continue;
        entry = missing_entry(gap);
        if (entry.empty()) return false;
        const std::string folder = folder_of(entry);
        if (!folders_.find(folder) && !(watch_folder(folder) && missing_entry(gap) == entry))
            return false;
    }
    return true;
}

bool FileWatch::watch_folder(const std::string &path) {
    if (!folders_.add(path)) return true;
    return is_local(path.c_str()) && ::inotify_add_watch(inotify_, path.c_str(), of_folder) >= 0;
}

// Neither a link, whose target lies elsewhere, nor a mount.
bool FileWatch::watch_file(const FileSet::File &file) {
    if (S_ISDIR(file.mark.mode)) return true;
    struct stat entry;
    return ::lstat(file.path, &entry) == 0 && S_ISREG(entry.st_mode) &&
           entry.st_dev == folders_.find(folder_of(file.path))->device &&
           ::inotify_add_watch(inotify_, file.path, of_file) >= 0;
}

// Takes all that there is to read, so that what comes later is seen as later.
bool FileWatch::has_told() const noexcept {
    alignas(inotify_event) char events[4096];
    bool told = false;
    while (::read(inotify_, events, sizeof events) > 0) told = true;
    return told || errno != EAGAIN;
}

// A folder may lead elsewhere by a link or a mount above it, which nobody watches.
bool FileWatch::is_quiet() const noexcept { return !has_told() && folders_.are_unchanged(); }

} // namespace fkvm
