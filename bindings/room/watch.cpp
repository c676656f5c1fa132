// SPDX-License-Identifier: MIT
// The fingerprint of files and folders.
#include "watch.h"

#include <filesystem>
#include <set>

namespace fk::room {

namespace fs = std::filesystem;

namespace {

class Look {
  public:
    void path(const fs::path &path) {
        if (fs::is_directory(path, error_))
            folder(path);
        else
            file(path);
    }

    uint64_t sum() const { return sum_; }

  private:
    void folder(const fs::path &path) {
        if (!seen_.insert(fs::canonical(path, error_)).second) return; // a link back
        for (auto entry = fs::directory_iterator(path, error_); entry != fs::directory_iterator();
             entry.increment(error_)) {
            if (error_) return;
            const fs::path name = entry->path().filename();
            if (name.native().starts_with('.')) continue;
            if (entry->is_directory(error_))
                folder(entry->path());
            else if (name.extension() == ".lua")
                file(entry->path());
        }
    }

    // The order in which a folder lists its files must not matter.
    void file(const fs::path &path) {
        const auto size = fs::file_size(path, error_);
        const auto time = fs::last_write_time(path, error_).time_since_epoch().count();
        uint64_t hash = fs::hash_value(path);
        for (const auto part : {static_cast<uint64_t>(size), static_cast<uint64_t>(time)})
            hash = (hash ^ part) * 0x9e3779b97f4a7c15 + (hash >> 29);
        sum_ += hash;
    }

    std::set<fs::path> seen_;
    std::error_code error_;
    uint64_t sum_ = 0;
};

} // namespace

uint64_t fingerprint(const std::vector<std::string> &paths) {
    Look look;
    for (const std::string &path : paths) look.path(path);
    return look.sum();
}

} // namespace fk::room
