// SPDX-License-Identifier: MIT
// A child of this machine: a process and the pipes to it.
#pragma once

#include "child.h"
#include "confine.h"
#include "private_fd.h"
#include "process.h"
#include "process/template_protocol.h"

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

// The child's ends of its pipes, all above 2.
struct ChildStreams {
    int in, out, err;
    int lifeline = -1; // -1: it has none
};

class ChildProcess final : public Process, public Child {
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

    // Child
    Descriptors descriptors() const noexcept override {
        return {from_child_.get(), to_child_.get(), stderr_.get(), pidfd()};
    }
    ssize_t read(char *to, size_t size) noexcept override;
    ssize_t read_err(char *to, size_t size) noexcept override;
    ssize_t write(const char *bytes, size_t size) noexcept override;
    void close_input() noexcept override { to_child_ = Fd(); }
    bool tell_to_end(fk_status reason, uint32_t messages) noexcept override;
    uint64_t cpu_ns() const noexcept override;
    bool runnable() const noexcept override;
    uint64_t resident() const noexcept override;
    void kill() noexcept override { kill_group(); }
    void kill_soon() noexcept override { kill_alone(); }
    bool kill_refused() const noexcept override { return Process::kill_refused(); }
    const char *fate() const noexcept override;
    std::string fate_explained() const override;
    bool reap(int ms) noexcept override { return Process::reap(ms); }
    bool ended() const noexcept override { return Process::ended(); }
    int exit_status() const noexcept override { return Process::exit_status(); }
    fk_death death() const noexcept override { return Process::death(); }
    bool was_out_of_memory() const noexcept override;
    std::string described() const override { return Process::described(); }
    pid_t pid() const noexcept override { return Process::pid(); }

  private:
    PrivateFd to_child_;                  // its stdin; writing does not block
    Fd from_child_, stderr_;              // reading the first blocks, the second not
    Fd child_in_, child_out_, child_err_; // the child's ends until it has started; child_in_ stays
};

// Both ends close-on-exec and above 2.
bool make_pipe(Fd *read_end, Fd *write_end) noexcept;
void set_non_blocking(const Fd &fd) noexcept;

} // namespace fkvm
