// SPDX-License-Identifier: MIT
// The admin shell on standard input: a line editor on a terminal, plain lines from anything else.
#pragma once

#include "line_input.h"
#include "server.h"

#include <thread>

namespace server {

class Shell {
  public:
    // Its thread reads until the end of standard input, or until the shell is destroyed.
    explicit Shell(Server &server);
    ~Shell();
    Shell(const Shell &) = delete;

  private:
    void read_lines();
    void read_to_the_end();
    void run(const std::string &line);
    std::vector<std::string> complete(const std::string &line);
    template <class Result, class Question>
    Result ask(Question question, Result otherwise);

    Server &server_;
    std::atomic<bool> stopping_ = false;
    cli::LineInput input_;
    std::thread thread_;
};

} // namespace server
