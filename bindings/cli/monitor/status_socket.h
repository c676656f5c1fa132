// SPDX-License-Identifier: MIT
// A status socket of another process, asked line by line.
#pragma once

#include "monitor/snapshot.h"

#include <string>

namespace cli {

class StatusSocket {
  public:
    explicit StatusSocket(std::string path) : path_(std::move(path)) {}
    ~StatusSocket() { hang_up(); }
    StatusSocket(StatusSocket &&other) noexcept;
    StatusSocket(const StatusSocket &) = delete;
    StatusSocket &operator=(const StatusSocket &) = delete;

    const std::string &path() const { return path_; }

    // With rates since the last look. What fails is its problem, and is tried anew the next time.
    const ServerSeen &look();
    const ServerSeen &seen() const { return seen_; }

    // "interrupt" or "close". What came of it, as a sentence.
    std::string order(const std::string &what, uint64_t vm);

  private:
    std::string ask(const std::string &request); // throws std::runtime_error
    void connect();
    void hang_up();

    const std::string path_;
    int fd_ = -1;
    std::string in_;
    ServerSeen seen_;
};

} // namespace cli
