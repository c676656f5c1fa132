// SPDX-License-Identifier: MIT
// The one place where environment variables are read (docs/environment.md lists them). They may
// name programs and libraries, so a set-user-id program sees none of them.
#pragma once

#include <cstdlib>

#ifdef __linux__
#include <sys/auxv.h>
#endif

namespace fkvm {

// The program has rights that its caller has not: what the caller chooses is not to be trusted.
inline bool is_privileged() noexcept {
#ifdef __linux__
    return ::getauxval(AT_SECURE) != 0;
#else
    return false;
#endif
}

inline const char *environment(const char *name) noexcept {
    const char *value = is_privileged() ? nullptr : std::getenv(name);
    return value && *value ? value : nullptr;
}

// For a child: what its server has put there. The server makes the whole environment, but the
// kernel takes the child of a privileged server for a privileged program, too.
inline const char *setting(const char *name) noexcept {
    const char *value = std::getenv(name);
    return value && *value ? value : nullptr;
}

} // namespace fkvm
