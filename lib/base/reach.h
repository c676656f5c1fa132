// SPDX-License-Identifier: MIT
// Which files a confined program may read: its own folders, and what every program needs of the
// system.
#pragma once

#include <string>
#include <vector>

namespace fkvm {

class Reach {
  public:
    // The folders of the program and of its script, module paths, libraries and time zones.
    // follow_links: also what links in the two folders lead to, down to four levels and outside of
    // hidden folders, unless it is too wide. script is relative to directory, and may be NULL.
    // Throws std::bad_alloc.
    Reach(const char *directory, const char *script, bool follow_links);

    // Folders of templates such as "/usr/share/lua/5.4/?.lua;...". Throws std::bad_alloc.
    void add_modules(const char *templates);

    bool holds(const std::string &path) const noexcept; // of a path without links; "" is none
    std::vector<std::string> paths() const;

  private:
    void add(std::string path);

    std::vector<std::string> own_;
};

// The root, a home directory, or what holds this user's: no folder for scripts. A path without
// links.
bool is_too_wide(const std::string &folder);

} // namespace fkvm
