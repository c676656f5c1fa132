// SPDX-License-Identifier: MIT
#include "walk.h"

#include "base/utf8.h"
#include "below.h"
#include "scripts_error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr int64_t recent_ns = 2'000'000'000; // more than the tick of any file system's clock
constexpr int attempts = 3;
constexpr const char leads_out[] =
    "', which leads out of the folder or to what is left out (names that begin with a dot): "
    "have the files themselves there, or a relative link without '..' after a name";

int64_t ns(const timespec &t) noexcept { return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec; }

// It went, or became something else, after its name was read.
bool is_gone(int error) noexcept { return error == ENOENT || error == ENOTDIR || error == ELOOP; }

// The whole file, or one byte more than it should have.
int hash_bytes(int file, uint64_t expected, Sha256 *hash, uint64_t *size) {
    char bytes[32 << 10];
    for (*size = 0; *size <= expected;) {
        const ssize_t n = ::read(file, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n < 0 ? errno : 0;
        hash->add({bytes, static_cast<size_t>(n)});
        *size += static_cast<size_t>(n);
    }
    return 0;
}

} // namespace

HashedMark mark_of(const struct stat &status) noexcept {
    return {status.st_dev, status.st_ino, static_cast<uint64_t>(status.st_size), ns(status.st_mtim),
            ns(status.st_ctim)};
}

void ScriptWalk::fail(const std::string &how) const {
    throw ScriptsError("'" + plain_text(path_) + "' " + how);
}

void ScriptWalk::run() {
    const Fd top(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!top) fail_by_system("the folder cannot be read", errno);
    visit_folder(top.get());
}

void ScriptWalk::visit_folder(int folder) {
    std::vector<std::string> names;
    const int error = names_at(folder, &names, Hidden::Leave, ScriptBounds::names);
    if (error) fail_by_system("the folder '" + plain_text(path_) + "' cannot be read", error);
    const size_t length = path_.size();
    for (const std::string &name : names) {
        if (length) path_ += '/';
        path_ += name;
        visit(folder, name.c_str());
        path_.resize(length);
    }
}

void ScriptWalk::visit(int folder, const char *name) {
    struct stat status;
    if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (is_gone(errno)) return;
        fail_by_system("'" + plain_text(path_) + "' cannot be looked at", errno);
    }
    if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode) && !S_ISDIR(status.st_mode)) return;
    totals_.add_name(path_);
    if (S_ISLNK(status.st_mode)) return add_link(folder, name);
    if (S_ISREG(status.st_mode)) return add_file(folder, name, mark_of(status));
    const Fd inner = open_folder_at(folder, name);
    if (inner) return visit_folder(inner.get());
    if (!is_gone(errno))
        fail_by_system("the folder '" + plain_text(path_) + "' cannot be read", errno);
}

void ScriptWalk::add_link(int folder, const char *name) {
    char target[ScriptBounds::path + 1];
    const ssize_t length = ::readlinkat(folder, name, target, sizeof target);
    if (length < 0) return;
    ScriptEntry entry;
    entry.path = path_;
    entry.target.assign(target, static_cast<size_t>(length));
    if (!stays_inside(path_, entry.target))
        fail("is a link to '" + plain_text(entry.target) + leads_out);
    entries.push_back(std::move(entry));
    marks.emplace_back();
}

const ScriptEntry *ScriptWalk::entry_before(HashedMark *mark) noexcept {
    if (!before_) return nullptr;
    const std::vector<ScriptEntry> &old = before_->set->entries;
    while (at_before_ < old.size() && is_before(old[at_before_].path, path_)) at_before_++;
    if (at_before_ == old.size() || old[at_before_].path != path_) return nullptr;
    *mark = before_->marks[at_before_];
    return &old[at_before_];
}

void ScriptWalk::add_file(int folder, const char *name, HashedMark mark) {
    HashedMark old;
    const ScriptEntry *const before = entry_before(&old);
    ScriptEntry entry;
    if (before && !old.recent && old.is_same(mark)) {
        totals_.add_bytes(mark.size);
        entry = *before;
        mark = old;
    } else {
        const auto hashed = hash(folder, name, &mark);
        if (!hashed) return;
        entry.path = path_;
        entry.size = mark.size;
        entry.hash = *hashed;
    }
    entries.push_back(std::move(entry));
    marks.push_back(mark);
}

// None: it is no file any more.
std::optional<Digest> ScriptWalk::hash(int folder, const char *name, HashedMark *mark) {
    for (int i = 0; i < attempts; i++) {
        const Fd file(
            ::openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        struct stat status;
        if (!file && is_gone(errno)) return std::nullopt;
        if (!file || ::fstat(file.get(), &status) != 0)
            fail_by_system("'" + plain_text(path_) + "' cannot be read", errno);
        if (!S_ISREG(status.st_mode)) return std::nullopt;
        *mark = mark_of(status);
        mark->recent = clock_() - mark->changed_ns < recent_ns;
        ScriptTotals(totals_).add_bytes(mark->size);
        Sha256 sum;
        uint64_t size;
        const int error = hash_bytes(file.get(), mark->size, &sum, &size);
        if (error) fail_by_system("'" + plain_text(path_) + "' cannot be read", error);
        files_hashed_++;
        if (::fstat(file.get(), &status) == 0 && size == mark->size &&
            mark_of(status).is_same(*mark)) {
            totals_.add_bytes(size);
            return sum.finish();
        }
    }
    fail("changes while it is being read: open the VM again once it is written");
}

} // namespace fkvm
