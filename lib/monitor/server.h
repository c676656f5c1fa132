// SPDX-License-Identifier: MIT
// A status socket: one thread answers whoever connects, from a source.
#pragma once

#include "protocol.h"

#include <memory>
#include <string>

namespace fkvm {

class MonitorServer {
  public:
    MonitorServer();
    ~MonitorServer(); // closes

    // Listens at path, and answers from source, which has to outlive it. Returns why not, or "".
    std::string open(const std::string &path, MonitorSource &source);
    void close() noexcept; // waits for what is being answered; the file is removed

    const std::string &path() const noexcept; // "": it is not open

    // For who exits: removes the file, and waits for nobody.
    void leave() noexcept;
    // For a forked copy, which has no such thread: closes its descriptors, and touches no file.
    void forget() noexcept;

    static constexpr size_t most_clients = 8;

  private:
    class Client;
    class Thread;
    std::unique_ptr<Thread> thread_;
};

} // namespace fkvm
