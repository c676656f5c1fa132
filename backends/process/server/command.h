// SPDX-License-Identifier: MIT
// Which program is the child, and what it is told.
#pragma once

#include "child_process.h"
#include "fk_vm.h"

#include <string>
#include <string_view>
#include <vector>

namespace fkvm {

// Splits as a shell would: blanks, quotes, backslashes; nothing is expanded. False: a quote does
// not end.
bool split_command(std::string_view line, std::vector<std::string> *words);

// A child that is started anew learns the limits of its VM from its environment; a copy of a
// template, which serves VMs of any limits, when it becomes one.
void add_limits(ChildCommand *command);

// The child that options ask for; *is_host: it is fkvm-host. False: *problem says what is wrong.
bool make_command(const fk_vm_options &options, ChildCommand *command, bool *is_host,
                  std::string *problem);

} // namespace fkvm
