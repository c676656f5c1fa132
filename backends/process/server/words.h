// SPDX-License-Identifier: MIT
// What a child writes to its standard error: output as it comes, and the end of it for the message
// of its death.
#pragma once

#include "known.h"
#include "watch.h"

namespace fkvm {

class Words {
  public:
    Words(const Known &known, Child &child, Watch &watch) noexcept
        : known_(known), child_(child), watch_(watch) {}

    int fd() const noexcept {
        return open_ ? child_.descriptors().err : -1;
    }                      // -1: the child has closed it
    void drain() noexcept; // all that is there
    void take(const char *bytes, size_t size) noexcept;
    std::string last() const; // as the end of a message

  private:
    static constexpr size_t most = 4096;

    const Known &known_;
    Child &child_;
    Watch &watch_;
    std::string end_;
    bool open_ = true;
};

} // namespace fkvm
