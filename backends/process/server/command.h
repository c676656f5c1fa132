// SPDX-License-Identifier: MIT
// Which program is the child, and what it is told.
#pragma once

#include "child_process.h"
#include "fk_vm.h"

#include <string>
#include <string_view>
#include <vector>

namespace fkvm {

// Splits as a shell would: blanks, quotes, backslashes; nothing is expanded. False: a quote does not end.
bool split_command(std::string_view line, std::vector<std::string> *words);

// The child that options ask for; *is_host: it is fkvm-host. False: *problem says what is wrong.
bool make_command(const fk_vm_options &options, ChildCommand *command, bool *is_host,
                  std::string *problem);

} // namespace fkvm
