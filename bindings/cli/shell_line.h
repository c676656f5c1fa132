// SPDX-License-Identifier: MIT
// One line of fkvm shell: a command or the call of a method.
#pragma once

#include "vm.h"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct ShellLine {
    std::string word;    // ":stats", or a method's name; empty: nothing to do
    Value params;        // of a method
    std::string problem; // not empty: why the line makes no sense
};

// METHOD [..] and METHOD {..}: one JSON array or object is the params. METHOD word word: each word
// is JSON, or else a string; 'a word in quotes' is a string as it stands.
ShellLine read_shell_line(std::string_view line);

} // namespace cli
