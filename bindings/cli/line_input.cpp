// SPDX-License-Identifier: MIT
// Lines from standard input, through libedit on a terminal.
#include "line_input.h"

#include "term.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>

#if HAVE_LIBEDIT
#include <editline/readline.h>
#include <termios.h>
#include <unistd.h>
#endif

namespace cli {

namespace {

#if HAVE_LIBEDIT

LineInput::Complete completer;
std::vector<std::string> matches;

char *next_match(const char *, int index) {
    return static_cast<size_t>(index) < matches.size() ? strdup(matches[static_cast<size_t>(index)].c_str())
                                                       : nullptr;
}

char **complete_word(const char *text, int start, int) {
    rl_attempted_completion_over = 1; // no names of files
    matches = completer(text, start == 0);
    return rl_completion_matches(text, next_match);
}

bool dropped = false; // the line, by Ctrl-C

int drop_line(int, int) {
    dropped = true;
    rl_done = 1;
    return 0;
}

// While a line is edited Ctrl-C is a key: as a signal it would leave libedit's terminal half restored.
void bind_interrupt_key() {
    constexpr int ctrl_c = 3;
    rl_parse_and_bind("setty -d intr="); // heeded once libedit finds the terminal's own keys changed
    rl_add_defun("drop-line", drop_line, ctrl_c);
}

class NoInterruptKey {
  public:
    NoInterruptKey() : known_(tcgetattr(STDIN_FILENO, &before_) == 0) {
        termios now = before_;
        now.c_cc[VINTR] = _POSIX_VDISABLE;
        if (known_) tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
    }
    ~NoInterruptKey() {
        if (known_) tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
    }
    NoInterruptKey(const NoInterruptKey &) = delete;
    NoInterruptKey &operator=(const NoInterruptKey &) = delete;

  private:
    termios before_{};
    bool known_;
};

// $XDG_STATE_HOME/fkvm/history; empty where there is no home.
std::string history_file() {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (!(state && *state) && !(home && *home)) return {};
    const std::filesystem::path folder =
        (state && *state ? std::filesystem::path(state) : std::filesystem::path(home) / ".local/state") / "fkvm";
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    return problem ? std::string() : (folder / "history").string();
}

#endif

} // namespace

#if HAVE_LIBEDIT

LineInput::LineInput(Complete complete) : interactive_(is_terminal(stdin) && is_terminal(stdout)) {
    if (!interactive_) return;
    completer = std::move(complete);
    rl_readline_name = "fkvm";
    rl_attempted_completion_function = complete_word;
    history_file_ = history_file();
    using_history();
    bind_interrupt_key();
    stifle_history(1000);
    if (!history_file_.empty()) read_history(history_file_.c_str());
}

LineInput::~LineInput() {
    if (!interactive_) return;
    if (!history_file_.empty()) write_history(history_file_.c_str());
    completer = nullptr;
}

std::optional<std::string> LineInput::next(const std::string &prompt) {
    if (!interactive_) return plain("");
    const NoInterruptKey in_this_line;
    dropped = false;
    const std::unique_ptr<char, decltype(&free)> line(readline(prompt.c_str()), free);
    if (dropped) return puts("^C"), std::string();
    if (!line) return {};
    if (*line) add_history(line.get());
    return std::string(line.get());
}

#else

LineInput::LineInput(Complete) : interactive_(is_terminal(stdin) && is_terminal(stdout)) {}
LineInput::~LineInput() = default;

std::optional<std::string> LineInput::next(const std::string &prompt) {
    return plain(interactive_ ? prompt : "");
}

#endif

std::optional<std::string> LineInput::plain(const std::string &prompt) {
    if (!prompt.empty()) {
        fputs(prompt.c_str(), stdout);
        fflush(stdout);
    }
    std::string line;
    if (!std::getline(std::cin, line)) return {};
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
}

} // namespace cli
