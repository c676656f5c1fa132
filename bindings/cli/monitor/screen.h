// SPDX-License-Identifier: MIT
// The whole terminal, for one picture after the other. It is given back on every way out but SIGKILL
// and SIGSTOP.
#pragma once

#include "keyboard.h"

#include <cstddef>
#include <string>
#include <termios.h>
#include <vector>

namespace cli {

class Screen {
  public:
    // keyboard is woken by signals: of the end, of Ctrl-Z, of another size. One at a time.
    explicit Screen(Keyboard &keyboard);
    ~Screen();
    Screen(const Screen &) = delete;
    Screen &operator=(const Screen &) = delete;

    size_t width() const;
    size_t height() const;
    void draw(const std::vector<std::string> &lines); // each as wide as the screen at most

    // After a wake: does what Ctrl-Z asks for. The signal that ends the program, or 0.
    int obey_signals();
    // The program ends by it, as if it had never been caught.
    static void end_by(int signal);

  private:
    void take();
    void give_back();

    termios before_{};
};

} // namespace cli
