// SPDX-License-Identifier: MIT
// Variables of a thread that every call looks at: found without a function call, and safe in a
// signal handler. They are few and small, as what the loader keeps for such variables of libraries
// that are loaded late.
#pragma once

#define FK_FAST_TLS __attribute__((tls_model("initial-exec")))
