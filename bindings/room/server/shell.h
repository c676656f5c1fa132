// SPDX-License-Identifier: MIT
// The admin shell on standard input: a line editor on a terminal, plain lines from anything else.
#pragma once

#include "server.h"

#include <thread>

namespace server {

class Shell {
  public:
    // Its thread reads until the end of standard input, or until the shell is destroyed.
    explicit Shell(Server &server);
    ~Shell();
    Shell(const Shell &) = delete;

    // For the line editor. A byte: 1; the end of input: 0; the shell is to stop: -1.
    int read_byte(char &byte);
    std::vector<std::string> complete(const std::string &line);

  private:
    void edit_lines();
    void read_lines();
    void run(const std::string &line);
    template <class Result, class Question>
    Result ask(Question question, Result otherwise);

    Server &server_;
    int stop_[2]; // a pipe, which ends when the thread is to stop
    std::thread thread_;
};

} // namespace server
