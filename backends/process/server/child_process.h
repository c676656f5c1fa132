// SPDX-License-Identifier: MIT
// A child process and its descriptors: started, watched and reaped through a pidfd, never by a bare
// pid, so that no signal can reach a stranger.
#pragma once

#include "base/fd.h"
#include "confine.h"
#include "lifeline.h"
#include "private_fd.h"
#include "process/template_protocol.h"

#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace fkvm {

struct ChildCommand {
    std::string file;                     // as execvp: with a slash a path, else looked for in PATH
    std::vector<std::string> arguments;   // argv, the first included
    std::vector<std::string> environment; // all of it
    std::string directory;
    Confinement confinement;
    TemplateGo limits; // of the VM
};

// A child, whoever started it.
class Process {
  public:
    Process() noexcept = default;
    Process(Process &&other) noexcept { swap(other); }
    Process &operator=(Process &&other) noexcept { // what this was goes with other
        swap(other);
        return *this;
    }
    ~Process(); // kills and reaps; what the system cannot end now is reaped when the next child starts

    pid_t pid() const noexcept { return pid_; }
    int pidfd() const noexcept { return pidfd_.get(); }

    bool signal(int number) noexcept; // this process alone
    uint64_t cpu_ns() const noexcept; // that it has used; 0: unknown
    bool runnable() const noexcept;   // it runs or waits for a core; its first thread, that is
    void kill_group() noexcept;
    // From any thread; who reaps it ends the others of its group.
    void kill_alone() const noexcept;
    // The last kill_group() was not allowed: the server has given up privileges that the child has.
    bool kill_refused() const noexcept { return kill_refused_; }
    // After kill_group(), for messages: "was killed" or "could not be killed", and what is to be
    // said of that at the end of the sentence.
    const char *fate() const noexcept;
    std::string fate_explained() const;

    // Reaps if it has ended; waits at most ms for that. False: it still runs.
    bool reap(int ms) noexcept;
    bool ended() const noexcept { return ending_ != Ending::Running; } // and has been reaped
    // After reap() or kill_group(): exit code, minus the signal, or 0 with described() telling that
    // it is unknown.
    int exit_status() const noexcept { return exit_status_; }
    fk_death death() const noexcept; // EXIT, SIGNAL, UNKNOWN
    std::string described() const;   // "exited with code 3", "was killed by signal 9 (Killed)"

    void take(pid_t pid, int pidfd) noexcept {
        pid_ = pid;
        pidfd_.reset(pidfd);
        Fd copy = pidfd <= 2 ? pidfd_.copy() : Fd();
        if (copy)
            pidfd_ =
                std::move(copy); // else it stays where it is: without it nobody could end the child
    }

  protected:
    Lifeline lifeline_;

  private:
    enum class Ending { Running, Exited, Signalled, ReapedElsewhere };

    void swap(Process &other) noexcept;
    void take_ending() noexcept;

    pid_t pid_ = 0;
    Fd pidfd_;
    Ending ending_ = Ending::Running;
    int exit_status_ = 0;
    bool kill_refused_ = false;
};

// Is the process of that pidfd, alive or a zombie, a child of ours? Then its pid is its own, and
// may be used.
bool is_ours(int pidfd) noexcept;
// Of a child that was made without one. None: it cannot be had, and is gone.
Fd pidfd_of(pid_t pid) noexcept;

// The child's ends of its pipes, all above 2.
struct ChildStreams {
    int in, out, err;
    int lifeline = -1; // -1: it has none
};

// Reaps what ~Process() had to leave; for those who start the next child.
void reap_left_behind() noexcept;

class ChildProcess : public Process {
  public:
    int make_pipes() noexcept;                                // 0, or an errno
    int make_lifeline() noexcept { return lifeline_.make(); } // likewise
    ChildStreams streams() const noexcept {
        return {child_in_.get(), child_out_.get(), child_err_.get(), lifeline_.end()};
    }

    // The child has its ends. Its input stays open here: while a reader exists a write can raise no
    // SIGPIPE, and death is learned from the pidfd.
    void drop_streams() noexcept {
        child_out_.reset();
        child_err_.reset();
    }

    int in() const noexcept { return from_child_.get(); } // its stdout; reading blocks
    int out() const noexcept { return to_child_.get(); }  // its stdin; writing does not block
    int err() const noexcept { return stderr_.get(); }    // its stderr; reading does not block

    void close_input() noexcept { to_child_ = Fd(); }

  private:
    PrivateFd to_child_;
    Fd from_child_, stderr_;
    Fd child_in_, child_out_, child_err_; // the child's ends until it has started; child_in_ stays
};

// Both ends close-on-exec and above 2.
bool make_pipe(Fd *read_end, Fd *write_end) noexcept;
void set_non_blocking(const Fd &fd) noexcept;

} // namespace fkvm
