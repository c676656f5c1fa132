// SPDX-License-Identifier: MIT
// The bounds of a set of scripts, held while it is read and not only at its end.
#pragma once

#include "manifest.h"

namespace fkvm {

// What goes over a bound throws ScriptsError, which names it.
class ScriptTotals {
  public:
    void add_name(std::string_view path); // a file, a link or a folder
    void add_bytes(uint64_t size);
    uint64_t bytes() const noexcept { return bytes_; }

  private:
    size_t names_ = 0;
    uint64_t bytes_ = 0;
};

} // namespace fkvm
