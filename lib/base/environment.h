// SPDX-License-Identifier: MIT
// The one place where environment variables are read (docs/environment.md lists them). They may
// name programs and libraries, so a set-user-id program sees none of them.
#pragma once

#include <cstdlib>

#if defined(__linux__)
#include <sys/auxv.h>
#elif !defined(_WIN32)
#include <unistd.h>
#endif

namespace fkvm {

// The program has rights that its caller has not: what the caller chooses is not to be trusted.
inline bool is_privileged() noexcept {
#if defined(__linux__)
    return ::getauxval(AT_SECURE) != 0;
#elif defined(__APPLE__) || defined(__FreeBSD__) || defined(__OpenBSD__) || defined(__NetBSD__) || \
    defined(__DragonFly__)
    return ::issetugid() != 0;
#elif defined(_WIN32)
    return false; // a program has the rights of its caller there
#else
    return ::geteuid() != ::getuid() || ::getegid() != ::getgid();
#endif
}

#if defined(_WIN32)
const char *environment(const char *name) noexcept; // UTF-8
#else
inline const char *environment(const char *name) noexcept {
    const char *value = is_privileged() ? nullptr : std::getenv(name);
    return value && *value ? value : nullptr;
}
#endif

#if defined(_WIN32)
constexpr char path_list_separator = ';', home_variable[] = "USERPROFILE";
#else
constexpr char path_list_separator = ':', home_variable[] = "HOME";
#endif

// For a child: what its server has put there. The server makes the whole environment, but the
// kernel takes the child of a privileged server for a privileged program, too.
inline const char *setting(const char *name) noexcept {
    const char *value = std::getenv(name);
    return value && *value ? value : nullptr;
}

} // namespace fkvm
