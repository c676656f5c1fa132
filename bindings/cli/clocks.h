// SPDX-License-Identifier: MIT
// Time, memory and files of this process and of a child, from the kernel.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cli {

int64_t monotonic_ns();

// CPU time of this process, and of the process pid (0: 0); nanoseconds.
int64_t own_cpu_ns();
int64_t cpu_ns_of(int64_t pid);

// Wall and CPU time of a piece of work that a server and its child did.
struct Spent {
    int64_t wall = 0, own = 0, child = 0;

    int64_t cpu() const { return own + child; }
    Spent &operator+=(const Spent &more);
};

// Reads the clocks when it is made; since() tells what has been spent from then on.
class Stopwatch {
  public:
    explicit Stopwatch(int64_t pid);
    Spent since() const;

  private:
    int64_t pid_;
    Spent start_;
};

// Memory of the process pid (0: this one) in bytes, 0 if unknown.
struct Memory {
    uint64_t resident = 0, proportional = 0, private_ = 0;
};
uint64_t resident_bytes(int64_t pid);
Memory memory_of(int64_t pid);

// Minor page faults of the process pid (0: this one) so far, 0 if unknown.
uint64_t page_faults_of(int64_t pid);

// Descriptors of this process.
size_t open_files();

} // namespace cli
