// SPDX-License-Identifier: MIT
// A progress bar with one live line under it, on standard error and only if that is a terminal.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace cli {

class Progress {
  public:
    // enabled false: nothing is ever drawn.
    explicit Progress(bool enabled);
    ~Progress() { clear(); }

    // Whether enough time has passed for the next picture.
    bool due() const;

    // Draws the bar (part of whole, in 0..1) and the line.
    void draw(double part, const std::string &label, const std::string &line);

    void clear();  // takes it off the screen
    void redraw(); // puts it back as it was

  private:
    bool enabled_, shown_ = false;
    int64_t last_ = 0;
    double part_ = 0;
    std::string label_, line_;
};

} // namespace cli
