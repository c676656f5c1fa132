// SPDX-License-Identifier: MIT
// A VM's options as a value, for the trace and for reports: all that it takes to open such a VM
// again but the child's environment, which may hold secrets, and what is the caller's (host
// methods, callbacks). No limit is null.
#pragma once

#include "fk_vm.h"

#include <vector>

namespace fkvm {

class DescribedOptions {
  public:
    explicit DescribedOptions(const fk_vm_options &options); // they must outlive it
    DescribedOptions(const DescribedOptions &) = delete;
    DescribedOptions &operator=(const DescribedOptions &) = delete;

    fk_value value() const noexcept { return FK_MEMBERS(members_.data(), members_.size()); }

  private:
    std::vector<fk_value> preload_, command_;
    std::vector<fk_member> members_;
};

} // namespace fkvm
