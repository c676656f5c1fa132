// SPDX-License-Identifier: MIT
// Starts the child of a VM: as a copy of a template if there is one to be had, else anew.
#pragma once

#include "templates.h"
#include "words.h"

namespace fkvm {

struct Launch {
    const Known &known;
    const ChildCommand &command;
    Templates::Visit &templates;
    Words &words;   // a template's go there
    uint64_t until; // for which a template that still loads is waited for

    // 0, or an errno; ETIMEDOUT: a template still loads.
    int operator()(ChildProcess *child, bool *from_template) const;

  private:
    int anew(ChildProcess *child) const;
};

} // namespace fkvm
