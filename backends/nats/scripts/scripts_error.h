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

} // namespace fkvm
