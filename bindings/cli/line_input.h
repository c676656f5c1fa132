// SPDX-License-Identifier: MIT
// Lines from standard input: edited, with history and completion, on a terminal (if libedit was
// there at build time); as they come from anywhere else.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cli {

class LineInput {
  public:
    // complete: all words that begin with a text and may stand where it stands; first says whether
    // it is the first of its line. One LineInput at a time.
    using Complete = std::function<std::vector<std::string>(const std::string &text, bool first)>;
    explicit LineInput(Complete complete);
    ~LineInput();
    LineInput(const LineInput &) = delete;

    bool interactive() const { return interactive_; }

    // The next line without its end; nothing at the end of input. The prompt is for terminals.
    std::optional<std::string> next(const std::string &prompt);

  private:
    std::optional<std::string> plain(const std::string &prompt);

    bool interactive_;
    std::string history_file_;
};

} // namespace cli
