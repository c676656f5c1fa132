// SPDX-License-Identifier: MIT
#include "new_tree.h"

#include "base/utf8.h"
#include "below.h"
#include "scripts_error.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace fkvm {
namespace {

int seal_below(int folder) {
    std::vector<std::string> names;
    int error = names_at(folder, &names);
    for (size_t i = 0; i < names.size() && !error; i++) {
        const Fd inner = open_folder_at(folder, names[i].c_str());
        if (inner)
            error = seal_below(inner.get());
        else if (errno != ENOTDIR && errno != ELOOP)
            error = errno;
    }
    return error || ::fchmod(folder, 0555) == 0 ? error : errno;
}

} // namespace

NewTree::NewTree(int parent, const std::string &place) : parent_(parent), name_(new_name(".new")) {
    if (::mkdirat(parent_, name_.c_str(), 0700) != 0)
        fail_by_system("no folder for new scripts can be made in " + plain_text(place), errno);
    top_ = open_folder_at(parent_, name_.c_str());
    if (!top_) {
        const int error = errno;
        ::unlinkat(parent_, name_.c_str(), AT_REMOVEDIR);
        fail_by_system("a new folder in " + plain_text(place) + " cannot be opened", error);
    }
    lock_if_free(top_.get());
}

NewTree::~NewTree() { remove(); }

void NewTree::remove() noexcept {
    if (!name_.empty()) remove_tree(parent_, name_.c_str());
    name_.clear();
    top_.reset();
}

int NewTree::make_parent(std::string_view path) {
    const std::string_view wanted = path.substr(0, path.rfind('/') + 1); // with the last '/'
    if (last_ && wanted == last_path_) return last_.get();
    Fd at = open_folder_at(top_.get(), ".");
    std::string_view left = wanted;
    for (size_t end; at && (end = left.find('/')) != left.npos; left.remove_prefix(end + 1)) {
        const std::string name(left.substr(0, end));
        if (::mkdirat(at.get(), name.c_str(), 0700) != 0 && errno != EEXIST) return -1;
        at = open_folder_at(at.get(), name.c_str());
    }
    last_path_ = wanted;
    last_ = std::move(at);
    return last_.get();
}

int NewTree::seal() {
    last_.reset();
    return seal_below(top_.get());
}

int NewTree::rename(const char *name) {
    if (::renameat(parent_, name_.c_str(), parent_, name) != 0)
        return errno == ENOTEMPTY ? EEXIST : errno;
    name_.clear();
    top_.reset(); // and its lock
    return 0;
}

bool lock_if_free(int folder) noexcept {
    return ::flock(folder, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

} // namespace fkvm
