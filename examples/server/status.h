// SPDX-License-Identifier: MIT
// The status socket of the server's VMs, for `fkvm top`.
#pragma once

#include <string>

namespace server {

class StatusSocket {
  public:
    // path empty: there is none. Throws std::runtime_error with a sentence.
    explicit StatusSocket(const std::string &path);
    ~StatusSocket();
    StatusSocket(const StatusSocket &) = delete;
    StatusSocket &operator=(const StatusSocket &) = delete;

  private:
    const bool is_open_;
};

} // namespace server
