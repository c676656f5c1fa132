// SPDX-License-Identifier: MIT
// What the command line offers: options, help and examples of every command.
#pragma once

namespace CLI {
class App;
}

namespace cli {

// Adds the commands to app; parsing runs the one that was asked for and stores its exit code.
void add_commands(CLI::App &app, int &exit_code);

} // namespace cli
