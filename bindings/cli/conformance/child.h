// SPDX-License-Identifier: MIT
// A child on pipes of our own: bytes in, lines out, signals, its end. What the lines mean is the
// session's.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace cli {

struct Launch {
    std::vector<std::string> words; // the command, with the script at its end
    std::string directory;
    std::map<std::string, std::string> settings; // FK_VM_... variables, besides the usual ones
};

using Deadline = std::chrono::steady_clock::time_point;

class Child {
  public:
    explicit Child(const Launch &launch); // throws std::runtime_error
    ~Child();                             // kills it and its group
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;

    // Takes what the child says meanwhile. False: it did not read all of it.
    bool write(std::string_view text, Deadline until);

    // The next line without its end; none: nothing came until then, or nothing will (at_end()).
    std::optional<std::string> line(Deadline until);
    bool at_end() const { return at_end_ && lines_end_ == 0; }

    // SIGINT as the server sends it. `messages`: how many it has written so far.
    void interrupt(uint32_t messages);
    // Until the child has taken its signals and sleeps again.
    void settle(Deadline until);

    void close_input();
    // Whether it ended; its output is taken meanwhile.
    bool ended(Deadline until);

    std::string fate();                             // "exited with code 3", "still runs"
    bool exited_well() const { return status_ == 0; }
    std::string last_words() const { return errors_; } // the end of its standard error

  private:
    void start(const Launch &launch, int in, int out, int err);
    void pump(Deadline until, bool until_ended);
    void take_output();
    void take_errors();
    bool reap();

    pid_t pid_ = -1;
    int pidfd_ = -1, in_ = -1, out_ = -1, err_ = -1;
    std::string to_write_, received_, errors_;
    size_t written_ = 0;   // of to_write_
    size_t lines_end_ = 0; // in received_: behind the last end of a line
    std::optional<int> status_;            // as waitpid() has it
    bool at_end_ = false;
};

} // namespace cli
