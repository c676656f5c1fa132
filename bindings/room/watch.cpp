// SPDX-License-Identifier: MIT
// The fingerprint of files and folders.
#include "watch.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace fk::room {

namespace fs = std::filesystem;

namespace {

bool is_within(const fs::path &folder, const fs::path &path) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
           folder.end();
}

class Look {
  public:
    explicit Look(size_t most) : most_(most) {}

    void path(const fs::path &path) {
        root_ = fs::canonical(path, error_);
        left_ = most_;
        if (leads_up(path)) return;
        if (fs::is_directory(path, error_))
            folder(path);
        else
            file(path);
    }

    uint64_t sum() const { return sum_; }

  private:
    // A link to a folder that holds it, as to `/`: nobody's package. Where it leads is seen.
    bool leads_up(fs::path path) {
        if (!path.has_filename()) path = path.parent_path(); // "linked/"
        if (!fs::is_symlink(path, error_)) return false;
        add(path, fs::hash_value(fs::read_symlink(path, error_)), 0);
        return is_within(root_, fs::canonical(path.parent_path(), error_));
    }

    void folder(const fs::path &path) {
        if (!seen_.insert(fs::canonical(path, error_)).second) return; // a link back
        for (auto entry = fs::directory_iterator(path, error_); entry != fs::directory_iterator();
             entry.increment(error_)) {
            if (error_ || left_ == 0) return;
            left_--;
            if (entry->path().filename().native().starts_with('.')) continue;
            if (entry->is_symlink(error_) && !stays_inside(entry->path())) continue;
            if (entry->is_directory(error_))
                folder(entry->path());
            else if (entry->path().extension() == ".lua")
                file(entry->path());
        }
    }

    // Behind a link that leads out there may be a whole disk, and others write there.
    bool stays_inside(const fs::path &link) {
        add(link, fs::hash_value(fs::read_symlink(link, error_)), 0);
        const fs::path target = fs::canonical(link, error_);
        return !error_ && is_within(root_, target);
    }

    void file(const fs::path &path) {
        const auto size = fs::file_size(path, error_);
        const auto time = fs::last_write_time(path, error_).time_since_epoch().count();
        add(path, static_cast<uint64_t>(size), static_cast<uint64_t>(time));
    }

    // The order in which a folder lists its files must not matter.
    void add(const fs::path &path, uint64_t what, uint64_t time) {
        uint64_t hash = fs::hash_value(path);
        for (const uint64_t part : {what, time})
            hash = (hash ^ part) * 0x9e3779b97f4a7c15 + (hash >> 29);
        sum_ += hash;
    }

    const size_t most_;
    size_t left_ = 0; // of the path at hand
    fs::path root_;
    std::set<fs::path> seen_;
    std::error_code error_;
    uint64_t sum_ = 0;
};

} // namespace

uint64_t fingerprint(const std::vector<std::string> &paths, size_t most) {
    Look look(most);
    for (const std::string &path : paths) look.path(path);
    return look.sum();
}

} // namespace fk::room
