// SPDX-License-Identifier: MIT
// A child process and its descriptors: started, watched and reaped through a pidfd, never by a bare pid,
// so that no signal can reach a stranger.
#pragma once

#include "confine.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace fk {

struct ChildCommand {
    std::string file;                     // as execvp: with a slash a path, else looked for in PATH
    std::vector<std::string> arguments;   // argv, the first included
    std::vector<std::string> environment; // all of it
    std::string directory;
    Confinement confinement;
};

// An owned descriptor.
class Fd {
  public:
    Fd() noexcept = default;
    explicit Fd(int fd) noexcept : fd_(fd) {}
    Fd(Fd &&other) noexcept : fd_(other.release()) {}
    Fd &operator=(Fd &&other) noexcept {
        reset(other.release());
        return *this;
    }
    ~Fd() { reset(); }

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    int release() noexcept {
        const int fd = fd_;
        fd_ = -1;
        return fd;
    }
    void reset(int fd = -1) noexcept;

  private:
    int fd_ = -1;
};

class ChildProcess {
  public:
    ~ChildProcess(); // kills and reaps; what the system cannot end now is reaped when the next child starts

    // Starts the command with three pipes. False: *problem says why, with errno's text and the path;
    // *error is the errno.
    bool start(const ChildCommand &command, std::string *problem, int *error);

    pid_t pid() const noexcept { return pid_; }
    int in() const noexcept { return from_child_.get(); }   // its stdout; reading blocks
    int out() const noexcept { return to_child_.get(); }    // its stdin; writing does not block
    int err() const noexcept { return stderr_.get(); }      // its stderr; reading does not block
    int pidfd() const noexcept { return pidfd_.get(); }

    void close_input() noexcept { to_child_.reset(); }
    bool signal(int number) noexcept; // this process alone
    void kill_group() noexcept;

    // Reaps if it has ended; waits at most ms for that. False: it still runs.
    bool reap(int ms) noexcept;
    // After reap() or kill_group(): exit code, minus the signal, or 0 with described() telling that it is unknown.
    int exit_status() const noexcept { return exit_status_; }
    fk_death death() const noexcept; // EXIT, SIGNAL, UNKNOWN
    std::string described() const;   // "exited with code 3", "was killed by signal 9 (Killed)"

  private:
    enum class Ending { Running, Exited, Signalled, ReapedElsewhere };

    bool make_pipes() noexcept;
    void take_ending() noexcept;

    pid_t pid_ = 0;
    Fd pidfd_, to_child_, from_child_, stderr_;
    Fd child_in_, child_out_, child_err_; // the child's ends until it has started; child_in_ stays: see start()
    Ending ending_ = Ending::Running;
    int exit_status_ = 0;
};

} // namespace fk
