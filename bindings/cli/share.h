// SPDX-License-Identifier: MIT
// Files that come with fkvm: in bindings/cli/share and examples of a build tree, under share/fkvm
// when installed.
#pragma once

#include <string>

namespace cli {

// The path of the program that runs.
std::string own_path();

// The path of the file called name, empty if there is none.
std::string share_file(const std::string &name);

// The path of the example game; else problem says what to do.
std::string example_game(std::string &problem);

// The path of fkvm-worker; empty: the backend nats is not installed.
std::string worker_program();

// The path of what fkvm bench measures limits with; empty if there is none of that name.
std::string bench_helper(const std::string &name);

} // namespace cli
