// SPDX-License-Identifier: MIT
// A folder held open, in which folders with a few files are made and removed. Links in it are not
// followed.
#pragma once

#include "fd.h"

#include <initializer_list>
#include <string>
#include <string_view>

namespace fkvm {

// What fails throws std::system_error, which names it.
class FolderOfFolders {
  public:
    explicit FolderOfFolders(const std::string &path);

    void make(const std::string &name) const; // for its owner alone
    void write(const std::string &folder, const char *name, std::string_view text) const; // new
    void rename(const std::string &from, const std::string &to) const;
    // Stays if somebody put more into it than these files.
    void remove(const std::string &name, std::initializer_list<const char *> files) const noexcept;

  private:
#if defined(_WIN32)
    std::string path_;
#else
    Fd folder_;
#endif
};

} // namespace fkvm
