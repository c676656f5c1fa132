// SPDX-License-Identifier: MIT
// Notices that files have changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fk::room {

// A number that is another one when a file's name, size or time has changed: of the files named,
// and of all *.lua below the folders named. A folder named may be a link; below it those links are
// followed that stay in it, and of others it is seen where they lead. Names that begin with a dot
// are not looked at, nor is a link to a folder that holds it, nor more than `most` names below one
// path: a link may lead to a whole disk.
uint64_t fingerprint(const std::vector<std::string> &paths, size_t most = 50'000);

// Tells of a change once it is complete: when two looks in a row see the same.
class Watch {
  public:
    explicit Watch(std::vector<std::string> paths)
        : paths_(std::move(paths)), known_(fingerprint(paths_)), seen_(known_) {}

    bool changed() {
        const uint64_t now = fingerprint(paths_);
        const bool settled = now == seen_;
        seen_ = now;
        if (!settled || now == known_) return false;
        known_ = now;
        return true;
    }

    // What is there now counts as known.
    void accept() { known_ = seen_ = fingerprint(paths_); }

  private:
    std::vector<std::string> paths_;
    uint64_t known_, seen_;
};

} // namespace fk::room
