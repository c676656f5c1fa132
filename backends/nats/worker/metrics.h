// SPDX-License-Identifier: MIT
// GET /metrics: what a worker does and did, as text for Prometheus. A thread of its own answers one
// request after the other.
#pragma once

#include "base/fd.h"

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace fkvm {

// A figure with its name, as Prometheus wants it.
std::string metric_text(const char *name, const char *type, const char *help,
                        const std::string &samples);

class MetricsServer {
  public:
    explicit MetricsServer(std::function<std::string()> text) : text_(std::move(text)) {}
    ~MetricsServer();

    // place: a port of 127.0.0.1, or ADDRESS:PORT. Empty, or why it cannot listen there.
    std::string start(const std::string &place);
    std::string place() const; // where it listens

  private:
    void run();
    void answer(int client);

    const std::function<std::string()> text_;
    Fd listener_;
    std::atomic<bool> ends_{false};
    std::thread thread_;
};

} // namespace fkvm
