// SPDX-License-Identifier: MIT
// A VM's options as a value, for the trace and for reports: all that it takes to open such a VM
// again but the child's environment, which may hold secrets, and what is the caller's (host
// methods, callbacks). No limit is null.
#pragma once

#include "fk_vm.h"

#include <forward_list>
#include <vector>

namespace fkvm {

struct Option;

class DescribedOptions {
  public:
    explicit DescribedOptions(const fk_vm_options &options); // they must outlive it
    DescribedOptions(const DescribedOptions &) = delete;
    DescribedOptions &operator=(const DescribedOptions &) = delete;

    fk_value value() const noexcept { return FK_MEMBERS(members_.data(), members_.size()); }

  private:
    fk_value describe(const Option &option, const fk_vm_options &options);
    fk_value list(const char *const *texts);

    std::forward_list<std::vector<fk_value>> lists_;
    std::vector<fk_member> members_;
};

} // namespace fkvm
