// SPDX-License-Identifier: MIT
// The options of a recorded VM, to open it again: those of its $/open
// (lib/shim/described_options.h), and what the command line says instead.
#pragma once

#include "trace_file.h"

#include <deque>
#include <string>
#include <vector>

namespace cli {

struct ReplayArguments;

class RecordedOptions {
  public:
    // vm and arguments must outlive it.
    RecordedOptions(const RecordedVm &vm, const ReplayArguments &arguments);
    RecordedOptions(const RecordedOptions &) = delete;

    const fk_vm_options &get() const { return options_; }

    // One host method for all that a VM calls, and who gets its output.
    void take_methods(fk_host_fn call, void *user);
    void take_output(Messages &messages);

  private:
    const char *text(const char *name);
    const char *const *list(const char *name, std::vector<const char *> &items);
    template <class Limit>
    Limit limit(const char *name, Limit none) const;

    const RecordedVm &vm_;
    fk_vm_options options_ = FK_VM_OPTIONS_INIT;
    std::deque<std::string> texts_;
    std::vector<const char *> preload_;
    fk_method methods_[2] = {};
};

} // namespace cli
