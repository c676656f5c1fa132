// SPDX-License-Identifier: MIT
// A connection to fk-server, for programs of a single thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace play {

class Client {
  public:
    // Throws std::runtime_error with a sentence that names the place.
    Client(const std::string &host, const std::string &port);
    ~Client();
    Client(const Client &) = delete;

    int fd() const { return fd_; } // readable: call read()
    void send(std::string_view line);

    // The lines that have come, without their ends. False: the server has closed the connection.
    bool read(std::vector<std::string> &lines);

  private:
    int fd_ = -1;
    std::string in_;
};

} // namespace play
