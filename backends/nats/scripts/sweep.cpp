// SPDX-License-Identifier: MIT
// Takes out of a store what nobody needs.
#include "base/utf8.h"
#include "below.h"
#include "new_tree.h"
#include "script_store.h"
#include "scripts_error.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr std::chrono::seconds half_done = std::chrono::hours(1);

// By the exact clock: that of time() may lie before a file's.
bool is_unused(const struct stat &status, std::chrono::seconds since) noexcept {
    timespec now;
    ::clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec - status.st_mtim.tv_sec >= since.count();
}

std::vector<std::string> names_of(int folder, const std::string &path) {
    std::vector<std::string> names;
    const int error = names_at(folder, &names);
    if (error) fail_by_system("the scripts in " + plain_text(path) + " cannot be listed", error);
    return names;
}

class Sweep {
  public:
    Sweep(int files, int sets, std::chrono::seconds unused_for)
        : files_(files), sets_(sets), unused_for_(unused_for) {}

    // Half of a set that a process left.
    void half(const std::string &name) {
        const Fd folder = open_folder_at(sets_, name.c_str());
        struct stat status;
        if (!folder || ::fstat(folder.get(), &status) != 0) return;
        if (is_unused(status, half_done) && lock_if_free(folder.get()))
            remove_tree(sets_, name.c_str());
    }
    // It gets another name first: it is there as a whole, or not.
    void set(const std::string &name) {
        Fd folder = open_folder_at(sets_, name.c_str());
        struct stat status;
        if (!folder || !lock_if_free(folder.get())) return;
        if (::fstat(folder.get(), &status) != 0 || !is_unused(status, unused_for_)) return;
        const std::string old = new_name(".old");
        if (::renameat(sets_, name.c_str(), sets_, old.c_str()) != 0) return;
        folder.reset(); // who waits for the lock hears at once that it went
        remove_tree(sets_, old.c_str());
        swept_.sets++;
    }
    void shelf(const std::string &name) {
        const Fd shelf = open_folder_at(files_, name.c_str());
        std::vector<std::string> names;
        if (name.size() != 2 || !shelf || names_at(shelf.get(), &names) != 0) return;
        for (const std::string &content : names)
            if (content.front() == '.' || Digest::of_hex(name + content))
                file(shelf.get(), content.c_str());
    }
    const ScriptStore::Swept &swept() const noexcept { return swept_; }

  private:
    // A content of a set has a second name there. Where links fail it has not, and is but needed
    // again if another set is to have it.
    void file(int shelf, const char *name) {
        struct stat status;
        if (::fstatat(shelf, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;
        const bool is_half = *name == '.';
        if (!is_half && status.st_nlink != 1) return;
        if (!is_unused(status, is_half ? half_done : unused_for_)) return;
        if (::unlinkat(shelf, name, 0) != 0 || is_half) return;
        swept_.files++;
        swept_.bytes += static_cast<uint64_t>(status.st_size);
    }

    const int files_, sets_;
    const std::chrono::seconds unused_for_;
    ScriptStore::Swept swept_;
};

} // namespace

ScriptStore::Swept ScriptStore::sweep(const std::vector<Digest> &keep,
                                      std::chrono::seconds unused_for) const {
    Sweep sweep(files_.get(), sets_.get(), unused_for);
    for (const std::string &name : names_of(sets_.get(), folder_ + "/sets")) {
        const auto id = Digest::of_hex(name);
        if (name.front() == '.')
            sweep.half(name);
        else if (id && std::find(keep.begin(), keep.end(), *id) == keep.end())
            sweep.set(name);
    }
    for (const std::string &name : names_of(files_.get(), folder_ + "/files")) sweep.shelf(name);
    return sweep.swept();
}

} // namespace fkvm
