// SPDX-License-Identifier: MIT
// Lines from standard input, by a line editor where there is one.
#include "line_input.h"

#include "term.h"

#if HAVE_LIBEDIT
#include "line_editor.h"
#endif

namespace cli {

LineInput::LineInput([[maybe_unused]] const std::string &program,
                     [[maybe_unused]] Complete complete)
    : interactive_(is_terminal(stdin) && is_terminal(stdout)) {
#if HAVE_LIBEDIT
    if (interactive_) editor_ = edit_lines(program, keyboard_, std::move(complete));
#endif
}

LineInput::~LineInput() = default;

std::optional<Line> LineInput::next(const std::string &prompt) {
    return editor_ ? editor_->next(prompt) : plain(interactive_ ? prompt : "");
}

std::optional<Line> LineInput::plain(const std::string &prompt) {
    fputs(prompt.c_str(), stdout);
    fflush(stdout);
    Line line;
    char byte;
    bool whole = false;
    while (!whole && keyboard_.read(byte)) {
        whole = byte == '\n';
        if (!whole) line.text += byte;
    }
    if (keyboard_.stopped() || (!whole && line.text.empty())) return {};
    if (line.text.ends_with('\r')) line.text.pop_back();
    return line;
}

} // namespace cli
