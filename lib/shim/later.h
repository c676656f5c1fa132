// SPDX-License-Identifier: MIT
// An answer that a host method owes after its callback has returned: one thread waits for it, in
// the VM, and any other gives it.
#pragma once

#include "fk_vm.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

namespace fkvm {

class LaterAnswer {
  public:
    ~LaterAnswer() { fk_value_free(result_); }

    // False: nobody waits any more. result is taken.
    bool give(fk_value *result, int32_t code, const char *message) noexcept;

    // After the callback of request: waits for the answer, or for the end of the work in the VM.
    void end(fk_request *request);

  private:
    bool wait(fk_vm *vm, std::unique_lock<std::mutex> &lock);

    std::mutex mutex_;
    std::condition_variable given_;
    bool is_given_ = false, is_awaited_ = true;
    fk_value *result_ = nullptr;
    int32_t code_ = 0;
    std::string message_;
};

} // namespace fkvm
