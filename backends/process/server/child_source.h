// SPDX-License-Identifier: MIT
// Where a VM gets its child from.
#pragma once

#include "child.h"
#include "known.h"

namespace fkvm {

class Words;

class ChildSource {
  public:
    virtual ~ChildSource() = default;

    // Before start() there is nothing in it.
    virtual Child &child() noexcept = 0;

    // Starts the child, and fills what is still unknown. Not FK_OK: it returns what known.fail()
    // has returned, and there is no child.
    virtual fk_status start(Known &known, Words &words) = 0;
    virtual bool from_template() const noexcept = 0; // the child is a copy

    virtual void look_after() noexcept {} // now and then
};

} // namespace fkvm
