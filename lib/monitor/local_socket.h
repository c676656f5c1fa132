// SPDX-License-Identifier: MIT
// A unix socket that only its owner can use. For systems that have such sockets and tell who is at
// the other end.
#pragma once

#include "base/fd.h"

#include <cstdint>
#include <string>

namespace fkvm {

class LocalSocket {
  public:
    ~LocalSocket() { close(); }

    // Listens at path; a socket file whose process is gone is replaced. Returns why not, or "".
    std::string listen(const std::string &path);
    void close() noexcept;       // and removes the file, if it is still this one
    void remove_file() noexcept; // that alone

    int fd() const noexcept { return socket_.get(); }
    const std::string &path() const noexcept { return path_; }

    // The next who has connected: neither reading nor writing blocks. None: there is none.
    Fd accept() const noexcept;

  private:
    std::string make(const std::string &path);

    Fd socket_;
    std::string path_, file_; // as it was given, and from the root
    uint64_t device_ = 0, inode_ = 0;
};

// Runs with the rights of this process's user, or as root.
bool is_owner(int connection) noexcept;

// A pipe that neither blocks nor is inherited. False: errno says why.
bool make_wake_pipe(Fd *read_end, Fd *write_end) noexcept;

} // namespace fkvm
