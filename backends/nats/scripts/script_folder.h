// SPDX-License-Identifier: MIT
// One folder that a server has sent scripts of: what it held when somebody last looked.
#pragma once

#include "manifest.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace fkvm {

// What a file looked like when it was hashed.
struct HashedMark {
    uint64_t device = 0, inode = 0, size = 0;
    int64_t modified_ns = 0, changed_ns = 0;
    bool recent = false; // it had just changed, and might do so again in the same tick of the clock

    bool is_same(const HashedMark &other) const noexcept {
        return device == other.device && inode == other.inode && size == other.size &&
               modified_ns == other.modified_ns && changed_ns == other.changed_ns;
    }
};

struct FolderSnapshot {
    std::shared_ptr<const ScriptSet> set;
    std::vector<HashedMark> marks; // for each entry of the set; a link has none
    std::vector<uint32_t> by_hash; // indices of files, in the order of their hashes
};

class ScriptFolder {
  public:
    using Clock = int64_t (*)();

    ScriptFolder(std::string path, Clock clock, std::atomic<uint64_t> &files_hashed)
        : path_(std::move(path)), clock_(clock), files_hashed_(files_hashed) {}

    const std::string &path() const noexcept { return path_; }
    std::shared_ptr<const ScriptSet> look();
    bool read(const Digest &hash, uint64_t offset, size_t size, std::string *bytes) const;

  private:
    std::shared_ptr<const FolderSnapshot> last() const;
    std::shared_ptr<const FolderSnapshot> walked(const FolderSnapshot *before);
    bool read_entry(const FolderSnapshot &, uint32_t index, uint64_t offset, size_t size,
                    std::string *bytes) const;

    const std::string path_;
    const Clock clock_;
    std::atomic<uint64_t> &files_hashed_;
    std::mutex looking_;
    uint64_t began_ = 0; // when the last look did, on the monotonic clock
    mutable std::mutex mutex_;
    std::shared_ptr<const FolderSnapshot> last_;
};

} // namespace fkvm
