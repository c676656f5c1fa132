// SPDX-License-Identifier: MIT
// A process that was started here: watched and reaped through a pidfd, never by a bare pid, so that
// no signal can reach a stranger.
#pragma once

#include "base/fd.h"
#include "fk_vm.h"
#include "lifeline.h"

#include <string>
#include <sys/types.h>
#include <utility>

namespace fkvm {

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

    bool signal(int number) const noexcept;                               // this process alone
    bool tell_to_end(fk_status reason, uint32_t messages) const noexcept; // as Child has it
    void kill_group() noexcept;
    void kill_alone() const noexcept; // from any thread; who reaps it ends the others of its group
    bool kill_refused() const noexcept { return kill_refused_; } // as Child has it

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

// Reaps what ~Process() had to leave; for those who start the next child.
void reap_left_behind() noexcept;

} // namespace fkvm
