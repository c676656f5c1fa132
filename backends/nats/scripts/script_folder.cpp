// SPDX-License-Identifier: MIT
#include "script_folder.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "below.h"
#include "scripts_error.h"
#include "walk.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fkvm {
namespace {

std::vector<uint32_t> files_by_hash(const std::vector<ScriptEntry> &entries) {
    std::vector<uint32_t> files;
    for (uint32_t i = 0; i < entries.size(); i++)
        if (!entries[i].is_link()) files.push_back(i);
    std::sort(files.begin(), files.end(),
              [&](uint32_t a, uint32_t b) { return entries[a].hash < entries[b].hash; });
    return files;
}

bool read_all(int file, uint64_t offset, std::string *bytes) noexcept {
    for (size_t done = 0; done < bytes->size();) {
        const ssize_t n = ::pread(file, bytes->data() + done, bytes->size() - done,
                                  static_cast<off_t>(offset + done));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        done += static_cast<size_t>(n);
    }
    return true;
}

} // namespace

std::shared_ptr<const FolderSnapshot> ScriptFolder::last() const {
    const std::lock_guard lock(mutex_);
    return last_;
}

// Who has waited for a look that began after he asked needs no other: a hundred VMs that open at
// once cost two.
std::shared_ptr<const ScriptSet> ScriptFolder::look() {
    const uint64_t asked = now_ns();
    const std::lock_guard one(looking_);
    const std::shared_ptr<const FolderSnapshot> before = last();
    if (before && began_ > asked) return before->set;
    const uint64_t began = now_ns();
    std::shared_ptr<const FolderSnapshot> now = walked(before.get());
    began_ = began;
    const std::lock_guard lock(mutex_);
    last_ = std::move(now);
    return last_->set;
}

std::shared_ptr<const FolderSnapshot> ScriptFolder::walked(const FolderSnapshot *before) {
    auto snapshot = std::make_shared<FolderSnapshot>();
    try {
        ScriptWalk walk(path_, before, clock_, files_hashed_);
        walk.run();
        snapshot->marks = std::move(walk.marks);
        if (before && before->set->entries == walk.entries) {
            snapshot->set = before->set;
            snapshot->by_hash = before->by_hash;
        } else {
            snapshot->set = std::make_shared<ScriptSet>(make_script_set(std::move(walk.entries)));
            snapshot->by_hash = files_by_hash(snapshot->set->entries);
        }
    } catch (const ScriptsError &error) {
        throw ScriptsError("the scripts in " + plain_text(path_) +
                           " cannot go to other machines: " + error.what());
    }
    return snapshot;
}

bool ScriptFolder::read(const Digest &hash, uint64_t offset, size_t size,
                        std::string *bytes) const {
    const auto snapshot = last();
    if (!snapshot) return false;
    const std::vector<ScriptEntry> &entries = snapshot->set->entries;
    auto file = std::lower_bound(
        snapshot->by_hash.begin(), snapshot->by_hash.end(), hash,
        [&](uint32_t index, const Digest &wanted) { return entries[index].hash < wanted; });
    for (; file != snapshot->by_hash.end() && entries[*file].hash == hash; ++file)
        if (read_entry(*snapshot, *file, offset, size, bytes)) return true;
    return false;
}

bool ScriptFolder::read_entry(const FolderSnapshot &snapshot, uint32_t index, uint64_t offset,
                              size_t size, std::string *bytes) const {
    const ScriptEntry &entry = snapshot.set->entries[index];
    const Fd top(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    const Fd file = top ? open_file_below(top.get(), entry.path) : Fd();
    struct stat status;
    if (!file || ::fstat(file.get(), &status) != 0) return false;
    if (!S_ISREG(status.st_mode) || !mark_of(status).is_same(snapshot.marks[index])) return false;
    const uint64_t left = offset < entry.size ? entry.size - offset : 0;
    bytes->resize(static_cast<size_t>(std::min<uint64_t>(left, size)));
    return read_all(file.get(), offset, bytes);
}

} // namespace fkvm
