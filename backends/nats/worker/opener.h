// SPDX-License-Identifier: MIT
// Starts the children of lent VMs, on threads of its own: a template may load for seconds.
#pragma once

#include "fetcher.h"
#include "lent_vm.h"
#include "process/server/templates.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace fkvm {

struct WorkerOptions;

class Opener {
  public:
    explicit Opener(const WorkerOptions &options) : options_(options) {}
    ~Opener() { end(); }

    void start(); // throws ScriptsError
    void add(std::shared_ptr<LentVm> vm);
    void end() noexcept; // after what is being started

  private:
    static constexpr int threads = 4;

    void run();
    void open(LentVm &vm);

    const WorkerOptions &options_;
    std::optional<Fetcher> fetcher_;
    Templates::Visit templates_;
    std::mutex mutex_;
    std::condition_variable more_;
    std::deque<std::shared_ptr<LentVm>> waiting_;
    bool ends_ = false;
    std::vector<std::thread> threads_;
};

} // namespace fkvm
