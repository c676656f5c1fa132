// SPDX-License-Identifier: MIT
// The one place where environment variables are read (docs/environment.md lists them). They may name
// programs and libraries, so a set-user-id program sees none of them.
#pragma once

#include <cstdlib>

namespace fkvm {

inline const char *environment(const char *name) noexcept {
#ifdef __GLIBC__
    const char *value = secure_getenv(name);
#else
    const char *value = std::getenv(name);
#endif
    return value && *value ? value : nullptr;
}

} // namespace fkvm
