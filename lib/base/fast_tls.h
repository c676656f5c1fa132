// SPDX-License-Identifier: MIT
// Variables of a thread that every call looks at: found without a function call, and safe in a
// signal handler. They are few and small, as what the loader keeps for such variables of libraries
// that are loaded late.
// Only glibc keeps room for libraries that are loaded late; musl and Android refuse them.
#pragma once

#include <climits>

#if defined(__GLIBC__)
#define FK_FAST_TLS __attribute__((tls_model("initial-exec")))
#else
#define FK_FAST_TLS
#endif
