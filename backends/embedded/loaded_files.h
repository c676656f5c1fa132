// SPDX-License-Identifier: MIT
// The files that loading a script looked at, found or not: while all of them are as they were,
// loading again would give the same.
#pragma once

#include "base/arena.h"
#include "base/file_marks.h"
#include "fk_value.h"

#include <string>
#include <unordered_map>

namespace fkvm {

class LoadedFiles {
  public:
    // Before it is opened: a change while it is read is then seen later. listed: so is a
    // directory's content. Throws.
    void saw(const std::string &path, bool listed);

    // An array of a path and its mark in turn; nullptr: out of memory. Lives as long as arena's
    // block and this.
    const fk_value *parameters(Arena &arena) const noexcept;

  private:
    std::unordered_map<std::string, FileMark> marks_;
};

} // namespace fkvm
