// SPDX-License-Identifier: MIT
// A report in rows: a name, and behind it a text that may have several lines.
#pragma once

#include "term.h"

#include <string>
#include <vector>

namespace cli {

std::vector<std::string> lines_of(const std::string &text);

// To standard output.
void print_row(const char *name, const std::string &text, Style style = Style::Plain);

} // namespace cli
