// SPDX-License-Identifier: MIT
// Lines from standard input: edited, with history and completion, on a terminal (if libedit was
// there at build time); as they come from anywhere else.
#pragma once

#include "keyboard.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cli {

struct Line {
    std::string text;         // without its end; empty if Ctrl-C dropped it
    bool interrupted = false; // Ctrl-C while nothing was typed
};

class LineInput {
  public:
    // All words that may stand in the place of a line's last one, which begins after its last
    // space.
    using Complete = std::function<std::vector<std::string>(const std::string &line)>;

    // The program names the folder of its history: $XDG_STATE_HOME/PROGRAM/history.
    LineInput(const std::string &program, Complete complete);
    ~LineInput();
    LineInput(const LineInput &) = delete;

    struct Editor {
        virtual ~Editor() = default;
        virtual std::optional<Line> next(const std::string &prompt) = 0;
    };

    bool interactive() const { return interactive_; }

    // Nothing at the end of input and after stop(). The prompt is for terminals.
    std::optional<Line> next(const std::string &prompt);

    // From any thread.
    void stop() { keyboard_.stop(); }
    void redraw() { keyboard_.wake(); } // something else was written where the line stood

  private:
    std::optional<Line> plain(const std::string &prompt);

    bool interactive_;
    Keyboard keyboard_;
    std::unique_ptr<Editor> editor_;
};

} // namespace cli
