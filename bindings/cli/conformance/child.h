// SPDX-License-Identifier: MIT
// A child on pipes of our own: bytes in, lines out, signals, its end. What the lines mean is the
// session's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace cli::protocol {

struct Launch {
    std::vector<std::string> words; // the command, with the script at its end
    std::string directory;
    std::map<std::string, std::string> settings; // FK_VM_... variables, besides the usual ones
};

using Deadline = std::chrono::steady_clock::time_point;

inline Deadline now() { return std::chrono::steady_clock::now(); }

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
    // Returns when it has been delivered.
    void interrupt(uint32_t messages);
    void settle();           // until the child has taken its signals and sleeps again
    void wait_until_busy();  // until it computes; not for long, should it not
    void wait_until_stuck(); // until its output fills the pipe, unread, or it says no more

    void close_input();
    // Whether it ended; its output is taken meanwhile.
    bool ended(Deadline until);

    std::string fate(); // "exited with code 3", "still runs"
    bool exited_well() const { return status_ == 0; }
    std::string last_words(); // the end of its standard error, as far as it has written
    void forget_words() { errors_.clear(); }

  private:
    struct Look {
        bool asleep = false, pending = false; // pending: a signal
        uint64_t ticks = 0;                   // of its own time, hundredths of a second
    };
    Look look() const;
    void wait_for(const std::function<bool(const Look &)> &seen, std::chrono::milliseconds most);

    void start(const Launch &launch, int in, int out, int err);
    void pump(Deadline until, bool until_ended);
    void take_output();
    bool take_errors();
    bool reap();

    pid_t pid_ = -1;
    int pidfd_ = -1, in_ = -1, out_ = -1, err_ = -1;
    std::string to_write_, received_, errors_;
    size_t written_ = 0;        // of to_write_
    size_t lines_end_ = 0;      // in received_: behind the last end of a line
    std::optional<int> status_; // as waitpid() has it
    bool at_end_ = false;
};

} // namespace cli::protocol
