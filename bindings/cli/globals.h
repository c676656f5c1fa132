// SPDX-License-Identifier: MIT
// fk_vm_options.globals from a command line: --globals JSON and --global NAME=VALUE.
#pragma once

#include <string>
#include <vector>

namespace cli {

// What is wrong with one of the two, as CLI11's check() wants it; empty: nothing.
std::string global_problem(const std::string &named);
std::string globals_problem(const std::string &object);

// Both together, those with a name in place of those of the object. A VALUE that is no JSON is a
// string. Empty: there are none.
std::string globals_of(const std::string &object, const std::vector<std::string> &named);

} // namespace cli
