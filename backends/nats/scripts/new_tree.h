// SPDX-License-Identifier: MIT
// A folder that is filled under a name of its own. It goes again unless it gets its real name.
#pragma once

#include "base/fd.h"

#include <string>
#include <string_view>

namespace fkvm {

class NewTree {
  public:
    // In `parent`, an open folder that outlives it; `place` is for messages. While it lives nobody
    // sweeps it. Throws ScriptsError.
    NewTree(int parent, const std::string &place);
    ~NewTree();
    NewTree(const NewTree &) = delete;
    NewTree &operator=(const NewTree &) = delete;

    int top() const noexcept { return top_.get(); }

    // The folder that holds `path`; it and those above are made where they are missing. It stays
    // open until the next call. -1: errno says why.
    int make_parent(std::string_view path);

    int seal();                   // no folder can be written to. 0, or an errno
    int rename(const char *name); // 0, or an errno; EEXIST: that name is there
    void remove() noexcept;

  private:
    const int parent_;
    std::string name_; // "": it has its real name, or is removed
    Fd top_;
    std::string last_path_; // of last_
    Fd last_;
};

// True: no other process or thread has it locked, and as long as `folder` is open none will.
bool lock_if_free(int folder) noexcept;

} // namespace fkvm
