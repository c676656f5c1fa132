// SPDX-License-Identifier: MIT
// Starts the child of a VM: as a copy of a template if there is one to be had, else anew.
#pragma once

#include "fk_vm.h"
#include "templates.h"

#include <functional>
#include <string>
#include <string_view>

namespace fkvm {

struct Launch {
    const fk_vm_options &options;
    const ChildCommand &command;
    bool is_host;
    Templates::Visit &templates;
    std::function<void(std::string_view)> words; // a template's go there
    uint64_t until; // for which a template that still loads is waited for

    // 0, or an errno; ETIMEDOUT: a template still loads.
    int operator()(ChildProcess *child, bool *from_template) const;

    // What that errno means for who opens a VM; *status likewise.
    std::string problem(int error, fk_status *status) const;

  private:
    int anew(ChildProcess *child) const;
};

} // namespace fkvm
