// SPDX-License-Identifier: MIT
// The child confines itself before it runs a line of its script. What had to happen before this
// program began (limits of the process, a clean environment) is its launcher's part. What the
// system lacks is left out and named.
#pragma once

#include "fk_vm.h"

#include <string>

namespace fkvm {

class Sandbox {
  public:
    explicit Sandbox(uint32_t level) noexcept : level_(level) {}

    // For this thread and those that start later, for good. A template stops here: it has to fork.
    void enter(const fk_vm_options &options);
    // The last step: no new process any more.
    void forbid_processes();
    // The last step for the copies of a template: prepared there, and done in each, which costs it
    // no page of memory. A copy that cannot do it ends.
    void prepare_copies();
    void confine_copy() const noexcept;

    // Level strict: false if something is missing.
    bool good_enough() const noexcept { return level_ != FK_SANDBOX_STRICT || missing_.empty(); }

    const std::string &reached() const noexcept {
        return reached_;
    } // e.g. "lua+rlimit+landlock+seccomp"
    const std::string &missing() const noexcept {
        return missing_;
    } // e.g. "landlock (the kernel has none; ...)"

  private:
    bool restricted() const noexcept { return level_ != FK_SANDBOX_TRUSTED; }
    void note(bool done, const char *part, const std::string &problem);

    uint32_t level_;
    std::string reached_ = "lua", missing_;
    bool calls_forbidden_ = false, is_prepared_ = false;
};

} // namespace fkvm
