// SPDX-License-Identifier: MIT
// Why scripts cannot be sent, taken or kept: a sentence for whoever opens a VM.
#pragma once

#include <stdexcept>
#include <string>

namespace fkvm {

class ScriptsError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// what, and what the system said.
[[noreturn]] void fail_by_system(const std::string &what, int error);

} // namespace fkvm
