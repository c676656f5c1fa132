// SPDX-License-Identifier: MIT
// Children of this machine: copies of templates, or programs that are started anew.
#pragma once

#include "child_process.h"
#include "child_source.h"
#include "templates.h"

namespace fkvm {

class LocalSource final : public ChildSource {
  public:
    Child &child() noexcept override { return child_; }
    fk_status start(Known &known, Words &words) override;
    bool from_template() const noexcept override { return from_template_; }
    void look_after() noexcept override { templates_->sweep(); }

  private:
    Templates::Visit templates_; // before child_: the child goes first
    ChildProcess child_;
    bool from_template_ = false;
};

} // namespace fkvm
