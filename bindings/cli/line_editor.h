// SPDX-License-Identifier: MIT
// Lines typed on a terminal, by libedit: editing, history in a file, completion.
#pragma once

#include "line_input.h"

namespace cli {

std::unique_ptr<LineInput::Editor> edit_lines(const std::string &program, Keyboard &keyboard,
                                              LineInput::Complete complete);

} // namespace cli
