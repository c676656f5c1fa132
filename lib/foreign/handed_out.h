// SPDX-License-Identifier: MIT
// The recorded error of this thread as a text that the caller owns.
#pragma once

#include "fk_vm.h"
#include "shim/error.h"

namespace fkvm {

// Returns status. What it hands out is NULL after success, and where there is no memory for it.
fk_status hand_out_error(fk_status status, char **error) noexcept;

// Runs the body of a C function, which fills *answer on success.
template <class Body>
fk_status answered(char **answer, Body body) noexcept {
    if (answer) *answer = nullptr;
    return hand_out_error(guard(body), answer);
}

} // namespace fkvm
