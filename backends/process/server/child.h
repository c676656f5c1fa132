// SPDX-License-Identifier: MIT
// The child of a VM, wherever it runs: streams to be watched, read and written, and its end.
#pragma once

#include "fk_vm.h"

#include <cstdint>
#include <string>
#include <sys/types.h>

namespace fkvm {

class Child {
  public:
    virtual ~Child() = default;

    // To be polled. in and err: there is something to read, or their end. out: there is room, until
    // close_input(). end: it has ended.
    struct Descriptors {
        int in, out, err, end;
    };
    virtual Descriptors descriptors() const noexcept = 0;

    // As read() and write(). Only the first may wait, and does not if `in` is ready.
    virtual ssize_t read(char *to, size_t size) noexcept = 0;
    virtual ssize_t read_err(char *to, size_t size) noexcept = 0;
    virtual ssize_t write(const char *bytes, size_t size) noexcept = 0;
    virtual void close_input() noexcept = 0;

    // Tells it that all which its first `messages` messages began has to end. From any thread, and
    // from a signal handler. False: it cannot be told.
    virtual bool tell_to_end(fk_status reason, uint32_t messages) noexcept = 0;
    virtual uint64_t cpu_ns() const noexcept = 0; // that it has used; 0: unknown
    virtual bool runnable() const noexcept = 0;   // it runs or waits for a core, as far as is known
    virtual uint64_t resident() const noexcept = 0; // bytes of memory; 0: unknown

    virtual void kill() noexcept = 0;      // with all that it has started
    virtual void kill_soon() noexcept = 0; // from any thread; reap() sees it
    // The last kill() was not allowed: the server has given up privileges that the child has.
    virtual bool kill_refused() const noexcept { return false; }
    // After kill(), for messages: "was killed" or "could not be killed", and what is to be said of
    // that at the end of the sentence.
    virtual const char *fate() const noexcept { return "was killed"; }
    virtual std::string fate_explained() const { return {}; }

    // Takes note if it has ended; waits at most ms for that. False: it still runs.
    virtual bool reap(int ms) noexcept = 0;
    virtual bool ended() const noexcept = 0; // and has been reaped
    // After reap() or kill(): exit code, minus the signal, or 0 with described() telling that it is
    // unknown.
    virtual int exit_status() const noexcept = 0;
    virtual fk_death death() const noexcept = 0;
    virtual std::string described() const = 0; // "exited with code 3"
    // The system has killed for want of memory since that was last asked.
    virtual bool was_out_of_memory() const noexcept = 0;

    virtual pid_t pid() const noexcept = 0;
    virtual std::string place() const { return {}; } // " on NAME", if that is not this machine
};

} // namespace fkvm
