// SPDX-License-Identifier: MIT
// fk::Error, which calls throw, and fk::Failure, which bound callables may throw.
#pragma once

#include <fk_vm.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace fk {

// What a function of the C API said. Copies all it needs, so it may be kept and passed between
// threads.
class Error : public std::runtime_error {
  public:
    explicit Error(const fk_error &error)
        : std::runtime_error(error.message), status_(error.status), vm_alive_(error.vm_alive),
          code_(error.code), exit_status_(error.exit_status), death_(death_of(error)),
          traceback_(error.traceback ? error.traceback : ""),
          method_(error.method ? error.method : "") {}
    Error(fk_status status, const std::string &message, bool vm_alive, std::string method = {})
        : std::runtime_error(message), status_(status), vm_alive_(vm_alive),
          method_(std::move(method)) {}

    fk_status status() const noexcept { return status_; }
    bool vm_alive() const noexcept { return vm_alive_; } // the VM can be called again
    int32_t code() const noexcept { return code_; }
    int32_t exit_status() const noexcept { return exit_status_; }
    fk_death death() const noexcept { return death_; }                   // why a dead VM died
    const std::string &traceback() const noexcept { return traceback_; } // empty: there is none
    const std::string &method() const noexcept { return method_; }       // empty: no call

  private:
    // Of a library that is older than this header the last fields are not there.
    static fk_death death_of(const fk_error &error) noexcept {
        const bool there = error.size >= offsetof(fk_error, death) + sizeof error.death;
        return there ? error.death : FK_DEATH_NONE;
    }

    fk_status status_;
    bool vm_alive_ = false;
    int32_t code_ = 0, exit_status_ = 0;
    fk_death death_ = FK_DEATH_NONE;
    std::string traceback_, method_;
};

inline void check(fk_status status) {
    if (status != FK_OK) throw Error(*fk_error_last());
}

// What a bound callable may throw to answer with a JSON-RPC code of its own choice (see fk_fail).
// Any other exception answers FK_CODE_INTERNAL with its what().
struct Failure : std::runtime_error {
    int32_t code;
    explicit Failure(const std::string &message, int32_t code = FK_CODE_INTERNAL)
        : std::runtime_error(message), code(code) {}
};

} // namespace fk
